import { existsSync } from 'node:fs';

/**
 * The command line that runs a module of this package as a process of its own: compiled as it is, TypeScript through
 * tsx. Absolute, so that it works from any working directory.
 *
 * @param path absolute path of the module without its extension
 */
export function entryPoint(path: string): { command: string; args: string[] } {
  if (existsSync(`${path}.ts`)) {
    return { command: process.execPath, args: ['--require', require.resolve('tsx/cjs'), `${path}.ts`] };
  }
  return { command: process.execPath, args: [`${path}.js`] };
}
