import type { Benchmark, ScorerPool } from '../benchmarks/benchmark';
import type { ModelClient } from '../agents/model/client';
import type { BenchmarkName } from '../records/task';
import type { SandboxBackend } from '../records/run-config';
import type { Sandbox } from '../sandbox/sandbox';
import type { ArtifactStore } from '../store/artifact-store';

/** What a worker gives its activities. Constructed in `workers/` alone. */
export interface Dependencies {
  store: ArtifactStore;
  model: ModelClient;
  /** The sandbox of a backend, self-tested; throws SandboxUnavailableError otherwise. */
  sandbox: (backend: SandboxBackend) => Promise<Sandbox>;
  benchmark: (name: BenchmarkName) => Benchmark;
  /** The scorer of a benchmark, started at its first use. */
  scorer: (benchmark: BenchmarkName) => ScorerPool;
  /** Package version, recorded in the plan. */
  version: string;
}
