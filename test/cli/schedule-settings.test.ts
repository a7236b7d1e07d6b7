import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsOf, type CreateOptions } from '../../cli/schedules/settings';
import type { RunPlan } from '../../records/plan';
import type { RunResult } from '../../records/progress';
import { noSpending } from '../../records/usage';
import { openStore } from '../../store/artifact-store';
import { skillgradHome } from '../../workers/home';
import { lightConfig } from '../end-to-end/deployment';

const root = mkdtempSync(join(tmpdir(), 'schedule-settings-'));
const home = skillgradHome({ SKILLGRAD_HOME: root });
afterAll(() => rmSync(root, { recursive: true, force: true }));

const given = { cron: ['@daily'], timezone: 'UTC', level: 0.05, minDrop: 0.05, catchUpHours: 24, budgetCalls: 100 };

/** The settings of a schedule over a delivery that solved so many of 12 held-out tasks. */
async function settings(
  over: Partial<CreateOptions>,
  solved = 8,
  rollouts: string | null = `sha256:${'0'.repeat(64)}`,
) {
  const store = await openStore(home.store);
  const tree = await store.putTree([]);
  const config = lightConfig('simulator:1', { gate: { policy: 'none' } });
  const plan: RunPlan = {
    ...{ run: 'delivered', storeId: store.id, config, skillName: 'notes', seedSkill: tree, preparedBy: '0' },
    ...{
      training: [],
      validation: [],
      heldOut: [],
      excluded: [],
      origin: null,
      reuses: [],
      seeds: {},
      changedFrom: null,
    },
    prompts: { executor: '', diagnoser: '', accumulator: '', patcher: '', consolidate: '', 'one-shot': '' },
    prices: { executor: null, diagnoser: null, accumulator: null, patcher: null },
  };
  const count = { solved, tasks: 12 };
  const result: RunResult = {
    ...{ run: 'delivered', plan: await store.putJson(plan), seedSkill: tree, finalSkill: tree, note: null },
    ...{
      momentum: null,
      validation: null,
      steps: [],
      spending: noSpending,
      warnings: [],
      quarantined: [],
      settings: [],
    },
    heldOut: { before: count, after: count, wins: 0, losses: 0, rollouts },
  };
  return (await settingsOf(home, result, { ...given, ...over }, true)).settings;
}

it('measures the delivered skill within its caps, and tells a drop only, unless told otherwise', async () => {
  const plain = await settings({});
  expect(plain).toMatchObject({ name: 'delivered', model: 'simulated', optimise: null, onModelChange: false });
  expect(plain.caps).toEqual({ costUsd: null, calls: 100, tokens: null, hours: null });
  const acting = await settings({ name: 'weekly', optimiseCalls: 400, optimiseHours: 2 });
  expect(acting).toMatchObject({ name: 'weekly', optimise: { calls: 400, hours: 2, costUsd: null } });
});

it('refuses a level or a drop that the delivery can never reach', async () => {
  await expect(settings({}, 5)).rejects.toThrow(/--level 0\.05: a drop takes at least 6 tasks lost.*solved 5 of 12/);
  await expect(settings({ level: 0.0625 }, 5)).resolves.toBeDefined();
  await expect(settings({ minDrop: 0.7 })).rejects.toThrow(/--min-drop 0\.7: .*solved 8 of 12/);
});

it('refuses to spend without a cap, or dollars where a price is unknown', async () => {
  const { budgetCalls: _calls, ...uncapped } = given;
  const without = { ...uncapped, budgetCalls: undefined } as unknown as Partial<CreateOptions>;
  await expect(settings(without)).rejects.toThrow(/--budget-usd, .*or --yes/);
  await expect(settings({ optimise: true })).rejects.toThrow(/--optimise-usd, .*or --yes/);
  await expect(settings({ optimise: true, yes: true })).resolves.toMatchObject({ optimise: { calls: null } });
  await expect(settings({ budgetUsd: 1, model: 'unheard-of' })).rejects.toThrow(/price of unheard-of is unknown/);
});

it('refuses a run that kept no verdicts to compare with', async () => {
  await expect(settings({}, 8, null)).rejects.toThrow(/measured no skill on held-out tasks/);
});
