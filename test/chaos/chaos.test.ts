import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountingWorks } from '../mount-disk';
import { ChaosKind } from './fault-kinds';
import { ChaosResults, isSound } from './results';
import { runChaos } from './run-chaos';
import { canStarve } from './sandbox-strikes';
import { rowLine } from './table';

jest.setTimeout(1_800_000);

const dir = mkdtempSync(join(tmpdir(), 'skillgrad-chaos-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Kinds that need rights which not every user has. */
const possible = ChaosKind.options.filter((kind) => {
  if (kind === 'disk-full' || kind === 'read-only') return mountingWorks();
  return kind !== 'out-of-memory' || canStarve();
});

it('brings a dozen runs under faults of every kind to the end of an undisturbed one', async () => {
  const json = join(dir, 'chaos.json');
  // Two at a time: they wait more than they work.
  const plan = { seed: 1, schedules: 12, only: null, dir, json, parallel: 2 };
  const lines: string[] = [];
  const results = await runChaos(plan, (line) => lines.push(line));
  const unsound = results.rows.filter((row) => !isSound(row));
  expect(unsound.map((row) => [rowLine(row), row.faultsScored])).toEqual([]);
  expect(results).toMatchObject({ schedules: 12, ended: 12, digestMismatches: 0, repeatedCalls: 0, faultsScored: 0 });
  expect(Object.keys(results.struck)).toEqual([...possible].sort());

  expect(ChaosResults.parse(JSON.parse(readFileSync(json, 'utf8')))).toEqual(results);
  expect(await runChaos(plan, (line) => lines.push(line))).toEqual(results);
  expect(lines.at(-1)).toBe('12 schedules, of which 12 are there already');
});
