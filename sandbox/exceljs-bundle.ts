import * as fs from 'node:fs';
import { builtinModules } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';

/** Files that the sandboxes show to untrusted code, read-only. */
export interface SandboxLibrary {
  /** exceljs with all its dependencies in one CommonJS file: loaded in half the time, and the only file to be shown. */
  exceljs: string;
  /** Import map for Deno: `exceljs`, and Node's own modules without their prefix. */
  importMap: string;
}

let library: Promise<SandboxLibrary> | undefined;

/** Builds the library in a private directory, once a process (0.2 s); it is removed when the process exits. */
export function sandboxLibrary(): Promise<SandboxLibrary> {
  library ??= build();
  // A failure (a full disk) is tried anew.
  library.catch(() => (library = undefined));
  return library;
}

async function build(): Promise<SandboxLibrary> {
  // Loaded when needed: most commands open no sandbox.
  const esbuild = await import('esbuild');
  const directory = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'skillgrad-sandbox-'));
  process.once('exit', () => fs.rmSync(directory, { recursive: true, force: true }));
  const exceljs = path.join(directory, 'exceljs.cjs');
  await esbuild.build({
    entryPoints: [require.resolve('exceljs')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    logLevel: 'silent',
    outfile: exceljs,
    // A dependency asks for the umask when it is loaded; Deno has no permission that grants that alone.
    banner: { js: 'process.umask=()=>0o22;' },
  });
  const importMap = path.join(directory, 'import-map.json');
  const builtins = builtinModules.filter((name) => !name.startsWith('_')).map((name) => [name, `node:${name}`]);
  const imports = { ...Object.fromEntries(builtins), exceljs: `./${path.basename(exceljs)}` };
  fs.writeFileSync(importMap, JSON.stringify({ imports }));
  return { exceljs, importMap };
}
