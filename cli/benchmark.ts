import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { BenchmarkDataError, type Benchmark, type ScorerPool } from '../benchmarks/benchmark';
import { openBenchmark } from '../benchmarks/open-benchmark';
import { ScoreProtocol } from '../records/score';
import { BenchmarkName, type ExcludedTask } from '../records/task';
import { scorePairs } from './pairs/score-pairs';
import { terminal } from './terminal/output';
import { UserError } from './terminal/user-error';

const reasons: Record<ExcludedTask['reason'], string> = {
  'golden-fails': 'can never pass',
  'untouched-input-passes': 'always passes',
  unreadable: 'unreadable',
};

function benchmarkNamed(name: string): Benchmark {
  const parsed = BenchmarkName.safeParse(name);
  if (parsed.success) return openBenchmark(parsed.data);
  throw new UserError(`There is no benchmark "${name}". Known: ${BenchmarkName.options.join(', ')}.`, 2);
}

function protocolOption(): Option {
  return new Option('--protocol <PROTOCOL>', 'how answers are compared')
    .choices(ScoreProtocol.options)
    .default('official' satisfies ScoreProtocol);
}

async function withPool<T>(benchmark: Benchmark, work: (pool: ScorerPool) => Promise<T>): Promise<T> {
  const pool = benchmark.createScorerPool({ threads: availableParallelism() });
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

async function check(name: string, options: { data: string; protocol: ScoreProtocol; json?: boolean }): Promise<void> {
  const benchmark = benchmarkNamed(name);
  const output = terminal(options);
  const { protocol } = options;
  try {
    const tasks = await benchmark.load(resolve(options.data));
    const excluded = await withPool(benchmark, (pool) => benchmark.findInfeasible(tasks, protocol, pool));
    output.data({ benchmark: name, protocol, tasks: tasks.length, excluded });
    if (output.json) return;
    output.text(`${tasks.length} tasks, of which ${excluded.length} can never or always pass under ${protocol}`);
    for (const { id, reason, detail } of excluded) output.text(`  ${id}  ${reasons[reason]}: ${detail}`);
  } catch (error) {
    if (error instanceof BenchmarkDataError) throw new UserError(`${error.message}; ${error.fix}`);
    throw error;
  }
}

/** Adds `benchmark score` and `benchmark check`. */
export function addBenchmark(root: Command): void {
  const command = root.command('benchmark').description('Score workbooks, or check a data folder, without a run.');
  command
    .command('score')
    .argument('<benchmark>', 'spreadsheetbench')
    .description('Score pairs of golden and output; prints one JSON object a line, in the order of the pairs.')
    .requiredOption('--pairs <FILE>', 'JSON lines: {id, golden, output, answer_position}; paths are relative to FILE')
    .addOption(protocolOption())
    .addHelpText(
      'after',
      '\nPrints {id, solved, matched, total, mismatches, status} for each pair. `solved` is the verdict of the protocol;' +
        '\n`status` is scored, uncalculated (a formula without a cached value in the answer range), unreadable (no' +
        '\nworkbook) or missing (no such file, or output null). The exit code is 0 whatever the verdicts.' +
        '\n\nExamples:\n  skillgrad benchmark score spreadsheetbench --pairs pairs.jsonl' +
        '\n  skillgrad benchmark score spreadsheetbench --pairs pairs.jsonl --protocol reference',
    )
    .action(async (name: string, options: { pairs: string; protocol: ScoreProtocol }) => {
      if (benchmarkNamed(name).name !== 'spreadsheetbench') {
        throw new UserError(`benchmark score compares workbooks; ${name} has none. Use spreadsheetbench.`, 2);
      }
      await withPool(benchmarkNamed(name), (pool) => scorePairs(resolve(options.pairs), options.protocol, pool));
    });
  command
    .command('check')
    .argument('<benchmark>', BenchmarkName.options.join(', '))
    .description('List the tasks of a data folder that can never or always pass.')
    .requiredOption('--data <DIR>', 'folder with dataset.json')
    .addOption(protocolOption())
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', '\nExample:\n  skillgrad benchmark check spreadsheetbench --data examples/spreadsheetbench')
    .action(check);
}
