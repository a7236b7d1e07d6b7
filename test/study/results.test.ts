import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults, writeResult, type StudyRun } from '../../study/results';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgrad-study-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run: StudyRun = {
  ...{ world: 'pure-noise', setting: 'full', seed: 3, code: 'c1', validation: null },
  expected: { noSkill: 0.5, seed: 0.5, final: 0.5 },
  heldOut: { before: { solved: 8, tasks: 16 }, after: { solved: 8, tasks: 16 }, wins: 0, losses: 0 },
  ...{ steps: 10, accepted: 0, changed: false, calls: 900 },
};

describe('the results of a study', () => {
  it('are taken up again, one for each run', async () => {
    expect(await readResults(join(folder, 'new'), 'c1')).toEqual([]);
    await writeResult(folder, run);
    await writeResult(folder, { ...run, seed: 4 });
    await writeResult(folder, { ...run, calls: 901 });
    expect(await readResults(folder, 'c1')).toEqual([
      { ...run, calls: 901 },
      { ...run, seed: 4 },
    ]);
  });

  it('of other code, or that are none, are refused with file and fix', async () => {
    await writeResult(folder, run);
    await expect(readResults(folder, 'c2')).rejects.toThrow(
      /noise-full-3\.json was made by other code .*another --dir/,
    );
    writeFileSync(join(folder, 'a-b-1.json'), '{"world":"else');
    await expect(readResults(folder, 'c1')).rejects.toThrow(/a-b-1\.json is no result .*delete it/);
  });
});
