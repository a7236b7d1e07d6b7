import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where everything lives that outlives a process; the same from any folder, since it hangs on the environment alone. */
export interface Home {
  root: string;
  /** The embedded Temporal server: database, log, and who runs it. */
  temporal: { folder: string; database: string; state: string; log: string; supervisorLog: string };
  /** Artifact store and journals. */
  store: string;
  logs: string;
  /** One JSON file for each process of ours. */
  processes: string;
  /** One JSON file for each run started from here: what `resume` needs to start its processes again. */
  runs: string;
  /** Server binaries, workflow bundles, and who has which port; may be deleted at any time. */
  cache: string;
}

type Environment = Record<string, string | undefined>;

/**
 * The layout under `SKILLGRAD_HOME` (default `~/.skillgrad`) and the cache under `SKILLGRAD_CACHE`
 * (default `~/.cache/skillgrad`). Creates nothing.
 */
export function skillgradHome(env: Environment = process.env): Home {
  const root = resolve(env['SKILLGRAD_HOME'] || join(homedir(), '.skillgrad'));
  const temporal = join(root, 'temporal');
  return {
    root,
    temporal: {
      folder: temporal,
      database: join(temporal, 'temporal.db'),
      state: join(temporal, 'server.json'),
      log: join(temporal, 'server.log'),
      supervisorLog: join(temporal, 'supervisor.log'),
    },
    store: join(root, 'store'),
    logs: join(root, 'logs'),
    processes: join(root, 'run'),
    runs: join(root, 'runs'),
    cache: resolve(env['SKILLGRAD_CACHE'] || join(homedir(), '.cache', 'skillgrad')),
  };
}
