import type { BenchmarkName } from '../records/task';
import type { Benchmark } from './benchmark';
import { spreadsheetbench } from './spreadsheetbench/spreadsheetbench';

const benchmarks: Record<BenchmarkName, Benchmark> = { spreadsheetbench };

/** The benchmark of this name. */
export function openBenchmark(name: BenchmarkName): Benchmark {
  return benchmarks[name];
}
