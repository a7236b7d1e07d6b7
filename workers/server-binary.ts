import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cleanEnvironment } from './clean-environment';

const run = promisify(execFile);
/** Long enough for a machine that is busy with everything else: an answer takes it 0.1 s when it is not. */
const patienceMs = 60_000;

/** The Temporal CLI that we download or build, and the server inside it that everything was measured with. */
export const pinnedCli = { version: '1.5.1', server: '1.29.1' };

/** Oldest server whose features we use (updates, summaries and details of workflows). */
const oldestServer = '1.27.0';

/** A Temporal CLI that can start our server. `server` is the version of the server in it. */
export interface ServerBinary {
  path: string;
  server: string;
  source: 'SKILLGRAD_TEMPORAL_CLI' | 'PATH' | 'cache' | 'download' | 'go build';
}

/**
 * Asks `path` for its version.
 *
 * @returns the server version in it
 * @throws an Error that says why it can't be used: not runnable, no Temporal CLI, too old
 */
export async function checkServerBinary(path: string): Promise<string> {
  let output: string;
  try {
    const { stdout, stderr } = await run(path, ['--version'], {
      timeout: patienceMs,
      env: cleanEnvironment(process.env),
    });
    output = stdout + stderr;
  } catch (error) {
    const why = error as NodeJS.ErrnoException & { killed?: boolean };
    const reason = why.killed ? `no answer within ${patienceMs / 1000} s` : (why.code ?? why.message);
    throw new Error(`\`${path} --version\` failed: ${reason}`, { cause: error });
  }
  const server = /server:? v?(\d+\.\d+\.\d+)/i.exec(output)?.[1];
  if (server === undefined) {
    const got = output.trim().split('\n')[0] || 'nothing';
    throw new Error(`${path} is no Temporal CLI: its --version says "${got}", expected "… (Server 1.29.1, …)"`);
  }
  if (compareVersions(server, oldestServer) < 0) {
    throw new Error(`${path} holds server ${server}; ${oldestServer} or newer is needed (Temporal CLI 1.3 or newer)`);
  }
  return server;
}

/** Negative, 0 or positive, as `a` is older than, the same as or newer than `b`; missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
