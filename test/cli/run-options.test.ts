import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addSettingFlags, readSettings } from '../../cli/options/read-settings';
import { toRunConfig } from '../../cli/options/run-config';
import type { RunConfig } from '../../records/run-config';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgrad-options-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The configuration that `optimize` would start with, from flags and a YAML file. */
async function configOf(flags: string, yaml = ''): Promise<RunConfig> {
  const file = join(folder, 'run.yaml');
  writeFileSync(file, yaml);
  const command = addSettingFlags(new Command()).exitOverride();
  command.parse(['--model', 'm', '--config', file, ...flags.split(' ').filter(Boolean)], { from: 'user' });
  return toRunConfig(await readSettings(command.opts()), 'simulator:1');
}

describe('the gate of a run', () => {
  it.each<[string, string, RunConfig['gate']]>([
    ['', 'is a race', { policy: 'race', block: 10, maxTasks: 40, acceptLead: 3, refuseLead: -2 }],
    [
      '--gate-block 5 --gate-tasks 20 --gate-accept 2 --gate-refuse -1.5',
      'is a race of your own',
      { policy: 'race', block: 5, maxTasks: 20, acceptLead: 2, refuseLead: -1.5 },
    ],
    ['--gate strict --gate-tasks 20', 'is strict on some tasks', { policy: 'strict', maxTasks: 20 }],
    ['--gate non-inferior', 'has a margin by default', { policy: 'non-inferior', maxTasks: 40, margin: 0.05 }],
    ['--gate non-inferior --gate-margin 0', 'has no margin', { policy: 'non-inferior', maxTasks: 40, margin: 0 }],
    ['--gate significant --gate-level 0.1', 'has a level', { policy: 'significant', maxTasks: 40, level: 0.1 }],
    ['--profile demo --gate strict', "keeps the profile's tasks", { policy: 'strict', maxTasks: 8 }],
    ['--profile paper', 'is none in the paper', { policy: 'none' }],
    ['--profile paper --gate strict', 'can be had there too', { policy: 'strict', maxTasks: 40 }],
  ])('%s: %s', async (flags, _, gate) => {
    expect((await configOf(flags)).gate).toEqual(gate);
  });

  it('is read from a file by the same names, and flags win', async () => {
    const yaml = 'gate: significant\ngate-level: 0.2\ngate-samples: 3\n';
    const config = await configOf('--gate-level 0.1', yaml);
    expect(config.gate).toEqual({ policy: 'significant', maxTasks: 40, level: 0.1 });
    expect(config.gateSamples).toBe(3);
  });

  it.each([
    ['--gate-margin 0.1', /--gate-margin 0\.1: the gate race takes --gate-tasks, --gate-block, --gate-accept/],
    ['--gate strict --gate-block 5', /--gate-block 5: the gate strict takes --gate-tasks\./],
    ['--gate none --gate-tasks 5', /the gate none takes no settings/],
    ['--gate none --gate-samples 2', /--gate-samples 2: the gate none measures nothing/],
    ['--gate-refuse 2', /--gate-refuse: expected a number below 0, got "2"/],
    ['--max-turns 1.5', /--max-turns: expected a whole number from 1, got "1\.5"/],
    ['--epochs many', /--epochs: expected a whole number from 1, got "many"/],
    ['--gate strict --gate-tasks 1001', /--gate-tasks: expected a whole number from 1 to 1000, got "1001"/],
    ['--budget-usd 0', /--budget-usd: expected a number above 0, got "0"/],
    ['--gate non-inferior --gate-margin 1', /--gate-margin: .*"1"/],
    ['--gate sometimes', /--gate: expected one of .*, got "sometimes"/],
  ])('is refused where it makes no sense: %s', async (flags, message) => {
    await expect(configOf(flags)).rejects.toThrow(message);
  });
});

describe('the schedule of a run', () => {
  it('is passes by default, or a number of full batches', async () => {
    expect(await configOf('--epochs 3')).toMatchObject({ schedule: 'epoch', epochs: 3, updates: null });
    const fixed = await configOf('', 'schedule: fixed-updates\nupdates: 12\n');
    expect(fixed).toMatchObject({ schedule: 'fixed-updates', epochs: 1, updates: 12 });
  });

  it.each([
    ['--schedule fixed-updates', /--updates N/],
    ['--updates 5', /--updates 5: goes with --schedule fixed-updates/],
    ['--schedule fixed-updates --updates 5 --epochs 2', /--epochs 2: goes with --schedule epoch/],
  ])('is refused where it makes no sense: %s', async (flags, message) => {
    await expect(configOf(flags)).rejects.toThrow(message);
  });
});

describe('the edit budget of a run', () => {
  it.each<[string, RunConfig['edits']]>([
    ['', { first: 4, last: 2, schedule: 'cosine' }],
    ['--edits 3', { first: 3, last: 3, schedule: 'constant' }],
    ['--edits 6:1', { first: 6, last: 1, schedule: 'cosine' }],
    ['--edits 6:1:linear', { first: 6, last: 1, schedule: 'linear' }],
    ['--edits unlimited', null],
  ])('%s', async (flags, edits) => {
    expect((await configOf(flags)).edits).toEqual(edits);
  });

  it.each(['0', '4:0', '4:2:square', '4:2:constant:1', 'many'])('refuses %s', async (edits) => {
    await expect(configOf(`--edits ${edits}`)).rejects.toThrow(/--edits: expected N, FIRST:LAST/);
  });
});

describe('the confirmation and the patience of a run', () => {
  it.each<[string, string, Pick<RunConfig, 'confirmation' | 'patience'>]>([
    ['', '', { confirmation: true, patience: 6 }],
    ['--gate none', '', { confirmation: true, patience: 6 }],
    ['--gate none --no-confirmation', '', { confirmation: false, patience: 6 }],
    ['--patience 2', '', { confirmation: true, patience: 2 }],
    ['--patience never', '', { confirmation: true, patience: null }],
    ['', 'no-confirmation: true\npatience: never\n', { confirmation: false, patience: null }],
    ['--patience 3', 'no-confirmation: false\npatience: never\n', { confirmation: true, patience: 3 }],
    ['--profile paper', '', { confirmation: false, patience: null }],
    ['--profile paper', 'no-confirmation: false\n', { confirmation: true, patience: null }],
  ])('%s %j', async (flags, yaml, expected) => {
    expect(await configOf(flags, yaml)).toMatchObject(expected);
  });

  it.each(['0', '-1', '1.5', 'always', 'null'])('refuses a patience of %s', async (given) => {
    await expect(configOf(`--patience=${given}`)).rejects.toThrow(
      /--patience: expected a whole number from 1, or never/,
    );
  });
});

describe('who approves the patches of a run', () => {
  const [minute, hour] = [60_000, 3_600_000];
  it.each<[string, string, RunConfig['approve']]>([
    ['', '', null],
    ['--approve none', '', null],
    ['--approve patches', '', { timeout: null }],
    ['--approve patches --approve-timeout 90m=accept', '', { timeout: { ms: 90 * minute, then: 'accept' } }],
    ['--approve patches --approve-timeout 24h=reject', '', { timeout: { ms: 24 * hour, then: 'reject' } }],
    ['', 'approve: patches\napprove-timeout: 3d=pause\n', { timeout: { ms: 72 * hour, then: 'pause' } }],
    ['--approve-timeout 9999d=pause', 'approve: patches\n', { timeout: { ms: 9999 * 24 * hour, then: 'pause' } }],
  ])('%s %j', async (flags, yaml, approve) => {
    expect((await configOf(flags, yaml)).approve).toEqual(approve);
  });

  it.each([
    '24h',
    '24h=',
    '24h=maybe',
    '0h=accept',
    '1.5h=accept',
    '-1h=accept',
    '2w=pause',
    '24h=accept,pause',
    '10000d=pause',
  ])('refuses the timeout %s', async (timeout) => {
    await expect(configOf(`--approve patches --approve-timeout=${timeout}`)).rejects.toThrow(
      /--approve-timeout: expected a time of at most four digits and what then, as 24h=reject/,
    );
  });

  it.each(['', '--approve none '])('refuses a timeout without patches to approve: %s', async (flags) => {
    await expect(configOf(`${flags}--approve-timeout 24h=reject`)).rejects.toThrow(
      /--approve-timeout 24h=reject: goes with --approve patches/,
    );
  });
});

it("the paper's profile is the paper's protocol", async () => {
  expect(await configOf('--profile paper')).toMatchObject({
    sampling: 'paper',
    firstStep: 'patch-first',
    includeInfeasible: true,
    ...{ seed: 0, trainTasks: 40, trainingPool: 200, validationTasks: 20, heldOutTasks: 180, batchSize: 4 },
    ...{ schedule: 'epoch', epochs: 1, gate: { policy: 'none' }, confirmation: false, edits: null },
  });
});

it.each(['epochs: true', 'batch-size: [3]', "seed: ''", 'budget-usd: null', 'gate-level: many'])(
  'takes no other value for a number: %s',
  async (yaml) => {
    const key = yaml.split(':')[0] ?? '';
    await expect(configOf('', yaml)).rejects.toThrow(new RegExp(`run\\.yaml:1: ${key}`));
  },
);
