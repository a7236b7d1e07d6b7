import { spawn } from 'node:child_process';
import { transform } from 'esbuild';
import { Fault } from '../records/fault';

/** Where and why code doesn't parse; `line` from 1. */
export interface SyntaxProblem {
  line: number;
  message: string;
}

/** Languages that can be parsed here, by the names that a fence or a file's ending gives them. */
const languages: Record<string, 'javascript' | 'python'> = {
  ...{ js: 'javascript', javascript: 'javascript', mjs: 'javascript', cjs: 'javascript' },
  ...{ py: 'python', python: 'python', python3: 'python' },
};

/** The language that a fence's word or a file's ending names; null: one that isn't parsed here. */
export function languageOf(name: string): 'javascript' | 'python' | null {
  return languages[name.toLowerCase()] ?? null;
}

/**
 * Parses code; none of it is run.
 *
 * @param limitMs wall time after which a parser counts as stuck, which says nothing of the code.
 * @returns null when it parses, what is wrong, or `unchecked` where the machine has no Python. Throws the fault
 *   `parser.stuck` or `parser.failed` when the machine could not run its Python.
 */
export function parseCode(
  language: 'javascript' | 'python',
  code: string,
  limitMs = 120_000,
): Promise<SyntaxProblem | 'unchecked' | null> {
  return language === 'javascript' ? parseJavaScript(code) : parsePython(code, limitMs);
}

async function parseJavaScript(code: string): Promise<SyntaxProblem | null> {
  try {
    await transform(code, { loader: 'js', logLevel: 'silent' });
    return null;
  } catch (error) {
    const first = errorsOf(error)[0];
    if (first === undefined) throw error;
    return { line: first.location?.line ?? 1, message: first.text };
  }
}

function errorsOf(error: unknown): { text: string; location: { line: number } | null }[] {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return [];
  return error.errors as { text: string; location: { line: number } | null }[];
}

const parsesStdin = `
import ast, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
except (ImportError, ValueError, OSError):
    pass
try:
    ast.parse(sys.stdin.buffer.read())
except SyntaxError as error:
    print(error.lineno or 1, error.msg)
    sys.exit(3)
except (ValueError, RecursionError, MemoryError) as error:
    print(1, error)
    sys.exit(3)
`;

/**
 * By the machine's own `python3`, apart from the folder and the environment that this process has. Code that takes more
 * than 10 s of CPU is refused; a busy machine's wall time is no verdict.
 */
async function parsePython(code: string, limitMs: number): Promise<SyntaxProblem | 'unchecked' | null> {
  const child = spawn('python3', ['-I', '-c', parsesStdin], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'] },
  });
  let stuck = false;
  const timer = setTimeout(() => {
    stuck = true;
    child.kill('SIGKILL');
  }, limitMs);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  // Python may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(code);
  const end = await new Promise<{ code: number | null } | { failed: NodeJS.ErrnoException }>((resolve) => {
    child.once('error', (failed) => resolve({ failed }));
    child.once('close', (code) => resolve({ code }));
  });
  clearTimeout(timer);
  if ('failed' in end) {
    if (end.failed.code === 'ENOENT' || end.failed.code === 'EACCES') return 'unchecked';
    throw new Fault(`python3 could not be started to parse code: ${end.failed.message}`, {
      ...{ type: 'parser.failed', retryable: true, cause: end.failed },
      fix: 'see to it that the worker can start processes, then resume',
    });
  }
  if (end.code === 0) return null;
  if (stuck) {
    throw new Fault(`python3 did not parse code within ${limitMs / 1000} s`, {
      ...{ type: 'parser.stuck', retryable: true },
      fix: 'see to it that the worker has CPU time and that its python3 works, then resume',
    });
  }
  // Ended by a signal of its own: the parser broke on the code, or used up its CPU time.
  if (end.code === null) return { line: 1, message: 'too deeply nested or too long to be parsed' };
  const found = /^(\d+) (.*)/.exec(said);
  // Another code comes from a `python3` that isn't one, such as a shim without a version.
  if (end.code !== 3 || found === null) return 'unchecked';
  return { line: Number(found[1]), message: (found[2] ?? '').trim() };
}
