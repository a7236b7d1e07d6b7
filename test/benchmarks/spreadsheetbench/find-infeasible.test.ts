import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedTask, ScorerPool } from '../../../benchmarks/benchmark';
import { openBenchmark } from '../../../benchmarks/open-benchmark';
import type { ScoreProtocol } from '../../../records/score';

const repository = join(__dirname, '../../..');
const shared = join(repository, '../shared/data/spreadsheetbench_verified');
const benchmark = openBenchmark('spreadsheetbench');

let pool: ScorerPool;
beforeAll(() => (pool = benchmark.createScorerPool({ threads: 2 })));
afterAll(() => pool.close());

async function excluded(dataDir: string, protocol: ScoreProtocol): Promise<string[]> {
  const found = await benchmark.findInfeasible(await benchmark.load(dataDir), protocol, pool);
  return found.map(({ id, reason }) => `${id} ${reason}`).sort();
}

const official = [
  '13-1 untouched-input-passes',
  '130-9 golden-fails',
  '45944 golden-fails',
  '73-45 untouched-input-passes',
];

describe('tasks that can never or always pass', () => {
  it('are found among the shipped fixtures under the official protocol', async () => {
    expect(await excluded(join(repository, 'test/benchmarks/fixtures'), 'official')).toEqual(official);
  });

  it('are not among the tasks of the demo', async () => {
    expect(await excluded(join(repository, 'examples/spreadsheetbench'), 'official')).toEqual([]);
  });

  (existsSync(shared) ? it : it.skip)(
    'are these four of the 120 shared tasks under the official protocol',
    async () => {
      expect(await excluded(shared, 'official')).toEqual(official);
    },
  );

  it('come with the first difference, or with why a workbook cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skillgrad-infeasible-'));
    const broken = join(folder, 'broken.xlsx');
    writeFileSync(broken, 'no workbook');
    const tasks = await benchmark.load(join(repository, 'test/benchmarks/fixtures'));
    const never = tasks.filter(({ id }) => id === '45944');
    const [task] = tasks.filter(({ id }) => id === '51-12');
    if (task === undefined) throw new Error('the fixtures have no task 51-12');
    const file = { path: 'x.xlsx', sourcePath: broken };
    const spoiled: LoadedTask[] = [
      { ...task, id: 'golden', golden: { ...task.golden, files: [file] } },
      { ...task, id: 'input', inputs: [file] },
    ];
    const found = await benchmark.findInfeasible([...never, ...spoiled], 'official', pool);
    rmSync(folder, { recursive: true });
    expect(found.map(({ id, reason }) => [id, reason])).toEqual([
      ['45944', 'golden-fails'],
      ['golden', 'unreadable'],
      ['input', 'unreadable'],
    ]);
    expect(found[0]?.detail).toMatch(/expected .+, got .+/);
    expect(found[1]?.detail).toMatch(/the golden workbook can't be read: not a readable zip archive/);
    expect(found[2]?.detail).toMatch(/input: not a readable zip archive/);
  });
});
