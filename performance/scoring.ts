import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { LoadedTask, ScoreRequest, ScorerPool } from '../benchmarks/benchmark';
import { openBenchmark } from '../benchmarks/open-benchmark';

/** How fast pairs of workbooks are scored, and what was timed. */
export interface ScoringFigures {
  workbookPairsPerSecond: number;
  measured: string;
}

const repetitions = 7;
const dataDir = join(__dirname, '../examples/spreadsheetbench');

/** Golden and untouched input of a task, read from disk by the scorer as in a run. */
function pairOf({ golden, inputs }: LoadedTask): ScoreRequest {
  const goldenPath = golden.files[0]?.sourcePath ?? '';
  const outputPath = inputs[0]?.sourcePath ?? '';
  return { goldenPath, outputPath, answer: golden.answer, protocol: 'official' };
}

async function secondsFor(pairs: readonly ScoreRequest[], pool: ScorerPool): Promise<number> {
  const started = performance.now();
  await Promise.all(pairs.map((pair) => pool.score(pair)));
  return (performance.now() - started) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/**
 * Times the scoring of the demo's pairs (golden and input of each task) in the pool. The threads are started and warmed
 * by one untimed pass; each repetition scores all pairs, and the median repetition counts.
 */
export async function measureScoring(): Promise<ScoringFigures> {
  const benchmark = openBenchmark('spreadsheetbench');
  const pairs = (await benchmark.load(dataDir)).map(pairOf);
  const threads = availableParallelism();
  const pool = benchmark.createScorerPool({ threads });
  try {
    await secondsFor(pairs, pool);
    const rates: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      rates.push(pairs.length / (await secondsFor(pairs, pool)));
    }
    return {
      workbookPairsPerSecond: median(rates),
      measured:
        `median of ${repetitions} passes over the demo's ${pairs.length} pairs (${kilobytes(pairs)} kB a pair on ` +
        `average) in ${threads} warm threads, official protocol, files read from disk`,
    };
  } finally {
    await pool.close();
  }
}

function kilobytes(pairs: readonly ScoreRequest[]): number {
  const files = pairs.flatMap((pair) =>
    ['goldenPath' in pair ? pair.goldenPath : null, 'outputPath' in pair ? pair.outputPath : null].filter(
      (path) => path !== null,
    ),
  );
  return Math.round(files.reduce((sum, path) => sum + statSync(path).size, 0) / pairs.length / 1024);
}
