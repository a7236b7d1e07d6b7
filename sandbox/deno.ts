import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SandboxLimits } from '../records/run-config';
import { denoBinary } from './deno-binary';
import { requireDiskRoom } from './disk-room';
import { SandboxFault } from './errors';
import { sandboxLibrary } from './exceljs-bundle';
import { toResult } from './result';
import type { Sandbox, SandboxRequest } from './sandbox';
import { supervise } from './supervisor';
import { checkProgram, checkWorkDir, lendWorkDir } from './work-directory';

const start = path.join(__dirname, 'start.mjs');
const languages = ['.mjs', '.js'];

/**
 * Sandbox of Deno's permissions: JavaScript alone, on every platform that Deno's npm package knows, for any user.
 * @throws SandboxUnavailableError when Deno is not installed
 */
export async function openDeno(): Promise<Sandbox> {
  const binary = denoBinary();
  const { exceljs, importMap } = await sandboxLibrary();

  async function run({ workDir, file, limits, signal }: SandboxRequest): Promise<ReturnType<typeof toResult>> {
    const owner = checkWorkDir(workDir);
    const { realPath } = owner;
    const program = checkProgram(realPath, file, languages);
    requireDiskRoom(realPath, limits.workDirBytes);
    const tmpDir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'skillgrad-tmp-'));
    try {
      const permissions = permissionFlags({ read: [exceljs, realPath, tmpDir], write: [realPath, tmpDir] });
      const command = [
        binary,
        'run',
        ...runtimeFlags(limits),
        ...permissions,
        `--import-map=${importMap}`,
        start,
        pathToFileURL(program).href,
        exceljs,
      ];
      const confinement = {
        ...{ command, env: environment(tmpDir), cwd: realPath, files: [], reportsChild: false, group: null },
        // The lifeline's watcher.
        ownTasks: 1,
        directories: [
          { path: realPath, maxBytes: limits.workDirBytes, limit: 'work-dir' as const },
          { path: tmpDir, maxBytes: limits.tmpBytes, limit: 'tmp' as const },
        ],
      };
      // Both are swept: a tree too deep for a path could not be removed either.
      const raw = await lendWorkDir(tmpDir, { owner }, () =>
        lendWorkDir(realPath, { owner }, () => supervise(confinement, limits, signal)),
      );
      const hidden = [
        [realPath, '/work'],
        [tmpDir, '/tmp'],
        [exceljs, 'exceljs'],
        [start, 'sandbox'],
        [binary, 'deno'],
      ] as const;
      const result = toResult(raw, limits, hidden);
      // Code may signal no process in Deno, itself neither: a kill that no limit explains came from outside.
      if (result.signal === 'SIGKILL' && result.limit === null) {
        throw new SandboxFault('killed', 'A run was killed from outside the sandbox, as by a system short of memory');
      }
      if (result.exitCode !== 0) requireDiskRoom(realPath, limits.fileBytes);
      return result;
    } finally {
      fs.rmSync(tmpDir, { recursive: true, force: true });
    }
  }

  return { backend: 'deno', languages, run };
}

/** Nothing of the user's Deno: no configuration, lock file, cache, packages or remote modules. */
function runtimeFlags(limits: SandboxLimits): string[] {
  return [
    '--quiet',
    '--no-prompt',
    '--no-config',
    '--no-lock',
    '--no-remote',
    '--no-npm',
    '--cached-only',
    '--no-check',
    '--no-code-cache',
    `--v8-flags=--max-old-space-size=${Math.max(16, Math.floor(limits.memoryBytes / 1024 ** 2))}`,
  ];
}

/** All that is not named is denied; the denials stand for what must never be granted, whatever a default becomes. */
function permissionFlags(paths: { read: readonly string[]; write: readonly string[] }): string[] {
  // A comma separates paths; a doubled one stands for itself.
  const list = (entries: readonly string[]): string => entries.map((entry) => entry.replaceAll(',', ',,')).join(',');
  return [
    `--allow-read=${list(paths.read)}`,
    `--allow-write=${list(paths.write)}`,
    // node:fs asks for both to answer access(); they are those of any process of this user.
    '--allow-sys=uid,gid',
    '--allow-env=TMPDIR',
    // Asking for any other variable gives undefined, as on a machine that has none.
    '--ignore-env',
    '--deny-net',
    '--deny-run',
    '--deny-ffi',
    '--deny-import',
  ];
}

function environment(tmpDir: string): Record<string, string> {
  return {
    TMPDIR: tmpDir,
    // A place where nothing can be: no cache, and no localStorage or CacheStorage that runs could leave things in.
    DENO_DIR: '/dev/null/none',
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
    TZ: 'UTC',
    LANG: 'C.UTF-8',
  };
}
