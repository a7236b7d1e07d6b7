import type { BenchmarkName } from '../records/task';
import type { Benchmark } from './benchmark';
import { custom } from './custom/custom';
import { spreadsheetbench } from './spreadsheetbench/spreadsheetbench';

const benchmarks: Record<BenchmarkName, Benchmark> = { spreadsheetbench, custom };

/** The benchmark of this name. */
export function openBenchmark(name: BenchmarkName): Benchmark {
  return benchmarks[name];
}
