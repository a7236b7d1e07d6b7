import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildServer } from './build-server';
import { downloadServer } from './download-server';
import { withLock } from './lock';
import { checkServerBinary, pinnedCli, type ServerBinary } from './server-binary';
import type { Report } from './waiting';

const executable = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/**
 * Finds a Temporal CLI that can start our server, in this order: the path in `SKILLGRAD_TEMPORAL_CLI`, `temporal` on
 * PATH, our cache, the official download, a build with Go. Says which one it takes, why others were passed over, and
 * what it waits for. Callers at the same time share one download or build.
 *
 * @param cache folder that keeps what was downloaded or built
 * @throws an Error that lists all that was tried and what would help
 */
export async function findServerBinary(cache: string, env: NodeJS.ProcessEnv, report: Report): Promise<ServerBinary> {
  const explicit = env['SKILLGRAD_TEMPORAL_CLI'];
  if (explicit) return explicitBinary(explicit);
  const tried: string[] = [];
  const passOver = (reason: string): void => {
    tried.push(reason);
    report(`Temporal server: ${reason}`);
  };
  for (const path of candidatesOnPath(env)) {
    try {
      return { path, server: await checkServerBinary(path), source: 'PATH' };
    } catch (error) {
      passOver((error as Error).message);
    }
  }
  const cached = await fromCache(cache);
  if (cached !== null) return cached;
  const folder = join(cache, 'temporal');
  return withLock(
    join(folder, 'lock'),
    async () => (await fromCache(cache)) ?? (await fetchBinary(cachedPath(cache), env, report, tried, passOver)),
    (pid) => report(`Temporal server: process ${pid} is already fetching it; waiting for that`),
  );
}

/** Where a downloaded or built CLI lies. */
function cachedPath(cache: string): string {
  return join(cache, 'temporal', `${pinnedCli.version}-${process.platform}-${process.arch}`, executable);
}

async function explicitBinary(path: string): Promise<ServerBinary> {
  try {
    return { path, server: await checkServerBinary(path), source: 'SKILLGRAD_TEMPORAL_CLI' };
  } catch (error) {
    throw new Error(
      `SKILLGRAD_TEMPORAL_CLI names an unusable Temporal CLI: ${(error as Error).message}. ` +
        'Set it to a working one, or unset it to have one found.',
      { cause: error },
    );
  }
}

function candidatesOnPath(env: NodeJS.ProcessEnv): string[] {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, executable))
    .filter((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}

/** What can't be used is left where it is: others may be running it, and a new one takes its place by a rename. */
async function fromCache(cache: string): Promise<ServerBinary | null> {
  const path = cachedPath(cache);
  if (!existsSync(path)) return null;
  try {
    return { path, server: await checkServerBinary(path), source: 'cache' };
  } catch {
    return null;
  }
}

async function fetchBinary(
  target: string,
  env: NodeJS.ProcessEnv,
  report: Report,
  tried: string[],
  passOver: (reason: string) => void,
): Promise<ServerBinary> {
  try {
    await downloadServer(target, env, report);
    return { path: target, server: await checkServerBinary(target), source: 'download' };
  } catch (error) {
    passOver((error as Error).message);
  }
  try {
    await buildServer(target, env, report);
    return { path: target, server: await checkServerBinary(target), source: 'go build' };
  } catch (error) {
    tried.push((error as Error).message);
  }
  throw new Error(
    `No Temporal server could be found or made:\n${tried.map((line) => `  - ${line}`).join('\n')}\n` +
      'Install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or name it in ' +
      'SKILLGRAD_TEMPORAL_CLI, or install Go 1.25 or newer, or point TEMPORAL_ADDRESS to a running server.',
  );
}
