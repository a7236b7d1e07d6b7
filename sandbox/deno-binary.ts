import * as fs from 'node:fs';
import * as path from 'node:path';
import { SandboxUnavailableError } from './errors';

/** npm packages that hold Deno's binary, by Node's platform and architecture. */
const packages: Record<string, string> = {
  'linux-x64': '@deno/linux-x64-glibc',
  'linux-arm64': '@deno/linux-arm64-glibc',
  'darwin-x64': '@deno/darwin-x64',
  'darwin-arm64': '@deno/darwin-arm64',
};

/**
 * Path of Deno's binary. It comes from the optional package of this platform: the `deno` package itself links to it
 * only in an install script, which need not have run.
 * @throws SandboxUnavailableError when the platform has none, or the package is not installed
 */
export function denoBinary(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (name === undefined) {
    const fix = `Run on one of ${Object.keys(packages).join(', ')}, or use the bubblewrap backend.`;
    throw new SandboxUnavailableError('deno', 'binary', `there is no build of it for ${platform}`, fix);
  }
  const fix = 'Run `npm ci` without --omit=optional.';
  let folder: string;
  try {
    // Found from the `deno` package, whose optional dependency it is, wherever the package manager put it.
    const from = path.dirname(require.resolve('deno/package.json'));
    folder = path.dirname(require.resolve(`${name}/package.json`, { paths: [from] }));
  } catch (error) {
    throw new SandboxUnavailableError('deno', 'binary', `the package ${name} is not installed`, fix, { cause: error });
  }
  const binary = path.join(folder, 'deno');
  try {
    fs.accessSync(binary, fs.constants.X_OK);
  } catch (error) {
    throw new SandboxUnavailableError('deno', 'binary', `${binary} can't be executed`, fix, { cause: error });
  }
  return binary;
}
