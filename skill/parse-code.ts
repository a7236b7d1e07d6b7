import { spawn } from 'node:child_process';
import { transform } from 'esbuild';

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
 * @returns null when it parses, what is wrong, or `unchecked` where the machine has no Python.
 */
export function parseCode(
  language: 'javascript' | 'python',
  code: string,
): Promise<SyntaxProblem | 'unchecked' | null> {
  return language === 'javascript' ? parseJavaScript(code) : parsePython(code);
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
    ast.parse(sys.stdin.buffer.read())
except SyntaxError as error:
    print(error.lineno or 1, error.msg)
    sys.exit(3)
except (ValueError, RecursionError, MemoryError) as error:
    print(1, error)
    sys.exit(3)
`;
const pythonLimitMs = 10_000;

/** By the machine's own `python3`, apart from the folder and the environment that this process has. */
async function parsePython(code: string): Promise<SyntaxProblem | 'unchecked' | null> {
  const child = spawn('python3', ['-I', '-c', parsesStdin], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'] },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), pythonLimitMs);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  // Python may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(code);
  const end = await new Promise<{ code: number | null } | 'absent'>((resolve) => {
    child.once('error', () => resolve('absent'));
    child.once('close', (status) => resolve({ code: status }));
  });
  clearTimeout(timer);
  if (end === 'absent') return 'unchecked';
  if (end.code === 0) return null;
  // Ended by a signal: the parser itself broke, or took too long.
  if (end.code === null) return { line: 1, message: 'too deeply nested or too long to be parsed' };
  const found = /^(\d+) (.*)/.exec(said);
  // Another code comes from a `python3` that isn't one, such as a shim without a version.
  if (end.code !== 3 || found === null) return 'unchecked';
  return { line: Number(found[1]), message: (found[2] ?? '').trim() };
}
