import { createModelClient } from '../agents/model/client';
import { createRateLimiter } from '../agents/model/rate-limiter';
import type { Dependencies } from '../activities/dependencies';
import type { ScorerPool } from '../benchmarks/benchmark';
import { openBenchmark } from '../benchmarks/open-benchmark';
import type { SandboxBackend } from '../records/run-config';
import type { BenchmarkName } from '../records/task';
import { profiles } from '../records/run-config';
import type { Sandbox } from '../sandbox/sandbox';
import { openSandbox } from '../sandbox/sandbox';
import { openStore } from '../store/artifact-store';
import packageJson from '../package.json';
import type { Home } from './home';
import type { WorkerEnvironment } from './worker-settings';
import { providerOf } from './worker-settings';

/** Builds what a worker's activities need. Sandboxes are opened, and tested, at their first use. */
export async function createDependencies(home: Home, settings: WorkerEnvironment): Promise<Dependencies> {
  const sandboxes = new Map<SandboxBackend, Promise<Sandbox>>();
  const scorers = new Map<BenchmarkName, ScorerPool>();
  const rateLimiter = createRateLimiter({ rpm: settings.SKILLGRAD_RPM ?? null, tpm: settings.SKILLGRAD_TPM ?? null });
  return {
    store: await openStore(home.store),
    model: createModelClient({
      baseUrl: settings.OPENAI_BASE_URL,
      apiKey: settings.OPENAI_API_KEY,
      provider: providerOf(settings),
      rateLimiter,
    }),
    sandbox: (backend) => {
      const open = sandboxes.get(backend) ?? openSandbox(backend, profiles.default.sandboxLimits);
      sandboxes.set(backend, open);
      // A sandbox that failed its test is tested anew at the next call: the machine may have been mended since.
      open.catch(() => sandboxes.delete(backend));
      return open;
    },
    benchmark: openBenchmark,
    scorer: (name) => {
      const scorer = scorers.get(name) ?? openBenchmark(name).createScorerPool({ threads: 2 });
      scorers.set(name, scorer);
      return scorer;
    },
    version: packageJson.version,
  };
}
