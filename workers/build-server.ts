import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from './clean-environment';
import { checkServerBinary, compareVersions, pinnedCli } from './server-binary';
import { waitingFor, type Report } from './waiting';

const run = promisify(execFile);
const oldestGo = '1.25.0';
const buildLimitMs = 30 * 60_000;

/**
 * Builds the pinned Temporal CLI from its sources with `go install` (checked against Go's checksum database) and puts it
 * at `target`; call it with the cache's lock held. Takes 1 to 4 minutes once.
 *
 * @throws an Error that says what is missing (Go, its version) or the end of the build's output
 */
export async function buildServer(target: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  const go = cleanEnvironment(env, 'build');
  const version = await goVersion(go);
  report(
    `Temporal server: building the Temporal CLI ${pinnedCli.version} with Go ${version} ` +
      `(once, 1 to 4 minutes; kept in ${dirname(target)})`,
  );
  await mkdir(dirname(target), { recursive: true });
  await removeInterruptedBuilds(dirname(target));
  const folder = await mkdtemp(join(dirname(target), 'build-'));
  try {
    await waitingFor(report, 'building the Temporal CLI', goInstall({ ...go, GOBIN: folder }));
    const built = join(folder, (await readdir(folder))[0] ?? basename(target));
    await checkServerBinary(built);
    await rename(built, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only one build runs at a time (the caller holds the cache's lock), so what is there was interrupted. */
async function removeInterruptedBuilds(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('build-')) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function goVersion(env: NodeJS.ProcessEnv): Promise<string> {
  let output: string;
  try {
    output = (await run('go', ['env', 'GOVERSION'], { env, timeout: 60_000 })).stdout;
  } catch (error) {
    throw new Error(`go build: \`go\` cannot be run (${(error as NodeJS.ErrnoException).code ?? 'it failed'})`, {
      cause: error,
    });
  }
  const version = /go(\d+(\.\d+)+)/.exec(output)?.[1];
  if (version === undefined || compareVersions(version, oldestGo) < 0) {
    throw new Error(`go build: Go ${oldestGo} or newer is needed, \`go env GOVERSION\` says "${output.trim()}"`);
  }
  return version;
}

function goInstall(env: NodeJS.ProcessEnv): Promise<void> {
  const module = `github.com/temporalio/cli/cmd/temporal@v${pinnedCli.version}`;
  return new Promise((resolve, reject) => {
    const child = spawn('go', ['install', '-ldflags', '-s -w', module], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: buildLimitMs,
    });
    let tail = '';
    child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-1000)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`go build: \`go install ${module}\` ended with ${code ?? signal}: ${tail.trim()}`));
    });
  });
}
