import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStudy } from '../../study/run-study';

jest.setTimeout(600_000);

const dir = mkdtempSync(join(tmpdir(), 'skillgrad-study-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('runs the optimiser on custom tasks, knows what its skills are worth, and makes no run twice', async () => {
  const lines: string[] = [];
  const plan = { dir, worlds: ['hidden-pitfalls' as const], seeds: 1, parallel: 2 };
  const first = await runStudy({ ...plan, settings: ['full', 'no-skill'] }, (line) => lines.push(line));
  expect(first.failures).toEqual([]);
  const [full, noSkill] = first.runs;
  expect(full).toMatchObject({ setting: 'full', seed: 1, heldOut: { before: { tasks: 16 }, after: { tasks: 16 } } });
  expect(full?.steps).toBeGreaterThanOrEqual(5);
  expect(full?.changed).toBe(full?.expected.final !== full?.expected.seed);
  expect(full?.expected.final).toBeGreaterThanOrEqual(full?.expected.seed ?? 1);
  expect(noSkill).toMatchObject({ setting: 'no-skill', steps: 0, changed: false });
  expect(noSkill?.expected.final).toBeLessThan(noSkill?.expected.seed ?? 0);

  const again = await runStudy({ ...plan, settings: ['no-skill', 'full'] }, (line) => lines.push(line));
  expect(again).toMatchObject({ made: 0, failures: [], runs: [noSkill, full] });
  expect(lines.at(-1)).toMatch(/2 runs, of which 2 are there already/);
});
