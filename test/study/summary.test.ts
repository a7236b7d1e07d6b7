import type { StudyRun } from '../../study/results';
import type { SettingName } from '../../study/settings';
import { summarise } from '../../study/summary';
import { studyTable } from '../../study/table';

function run(setting: SettingName, seed: number, final: number, over: Partial<StudyRun> = {}): StudyRun {
  return {
    ...{ world: 'hidden-pitfalls', setting, seed, code: 'c', validation: null },
    expected: { noSkill: 0.1, seed: 0.2, final },
    heldOut: { before: { solved: 2, tasks: 16 }, after: { solved: 6, tasks: 16 }, wins: 4, losses: 0 },
    ...{ steps: 10, accepted: 3, changed: final !== 0.2, calls: 100 },
    ...over,
  };
}

const runs = [
  ...[0.5, 0.6, 0.4].map((final, at) => run('full', at + 1, final)),
  // Its seeds come in another order: pairs go by seed.
  ...[0.3, 0.1, 0.45].map((final, at) => run('no-gate', 3 - at, final)),
  run('full', 1, 0.2, { world: 'no-help' }),
];

const ahead = { before: { solved: 4, tasks: 40 }, after: { solved: 10, tasks: 40 }, wins: 7, losses: 1 };

describe('the summary of a study', () => {
  it('gives mean gain, worst case and seeds below their start for each world and setting', () => {
    const [full, noGate, control] = summarise(runs);
    expect(full).toMatchObject({ setting: 'full', seeds: 3, below: 0, changed: 3, accepted: 9, steps: 30 });
    expect(full?.start).toBeCloseTo(0.2, 12);
    expect(full?.final).toBeCloseTo(0.5, 12);
    expect(full?.gain.mean).toBeCloseTo(0.3, 12);
    expect(full?.worst).toBeCloseTo(0.2, 12);
    expect(full?.sampledGain.mean).toBeCloseTo(0.25, 12);
    expect(noGate).toMatchObject({ setting: 'no-gate', below: 1, validationGain: null });
    expect(noGate?.worst).toBeCloseTo(-0.1, 12);
    expect(control).toMatchObject({ world: 'no-help', seeds: 1, below: 0, changed: 0, gain: { mean: 0, low: null } });
  });

  it('tells what validation showed, and what runs claim, apart from what their skills are worth', () => {
    const [row] = summarise([run('full', 1, 0.2, { validation: ahead }), run('full', 2, 0.2, { validation: ahead })]);
    expect(row?.validationGain?.mean).toBeCloseTo(0.15, 12);
    expect(row?.gain.mean).toBe(0);
    expect(row?.claims).toBe(0);
    const heldOut = { before: { solved: 2, tasks: 16 }, after: { solved: 8, tasks: 16 }, wins: 6, losses: 0 };
    expect(summarise([run('full', 1, 0.5, { heldOut }), run('full', 2, 0.2)])[0]?.claims).toBe(1);
  });

  it('compares a setting with the full method seed by seed', () => {
    const [full, noGate] = summarise(runs);
    expect(full?.fullAhead).toBeNull();
    // 0.5 − 0.45, 0.6 − 0.1, 0.4 − 0.3: mean 0.2167, standard deviation 0.2466, t(2) = 4.3027.
    expect(noGate?.fullAhead?.mean).toBeCloseTo(0.21667, 4);
    expect(noGate?.fullAhead?.low).toBeCloseTo(0.21667 - (4.30265 * 0.246644) / Math.sqrt(3), 4);
    expect(summarise(runs.filter(({ setting }) => setting === 'no-gate'))[0]?.fullAhead).toBeNull();
  });

  it('reads as one Markdown table a world, in percent', () => {
    const table = studyTable(summarise(runs));
    expect(table.match(/^### World `.*`$/gm)).toEqual(['### World `hidden-pitfalls`', '### World `no-help`']);
    const row = table.split('\n').find((line) => line.startsWith('| no-gate'));
    expect(row?.split('|').map((cell) => cell.trim())).toEqual(
      expect.arrayContaining(['no-gate', '3', '20.0', '28.3', '−10.0', '1', '+21.7 [−39.6, +82.9]', '9 of 30']),
    );
  });
});
