import { isFault } from '../../records/fault';
import { SkillError } from '../../skill/finding';
import { isServerAway } from '../../workers/connection';

/** Something that the user can mend: shown as its message alone, never with a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';

  /**
   * @param message what failed, on what, expected against got, and what to do
   * @param exitCode 1: it failed; 2: it was asked for in a wrong way
   */
  constructor(
    message: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What to do about errors of the operating system, by code. */
const systemFixes: Record<string, string> = {
  ENOSPC: 'Free space on that disk, or set SKILLGRAD_HOME to a folder on another one.',
  EDQUOT: 'Raise the quota or free space, or set SKILLGRAD_HOME to a folder on another disk.',
  EROFS: 'That file system is read-only: set SKILLGRAD_HOME to a writable folder.',
  EACCES: 'Give yourself access to it, or set SKILLGRAD_HOME to a folder of your own.',
  ENOTDIR: 'A file stands where a folder is needed: name another folder, or move the file away.',
};

/**
 * The text of any error for people: its message with its causes' where they add something, and the fix. A UserError says
 * all that in its own message.
 */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const parts: string[] = [];
  const fixes: string[] = [];
  for (let at: unknown = error; at !== undefined && at !== null; at = at instanceof Error ? at.cause : null) {
    const text = at instanceof Error ? at.message : String(at);
    if (text !== '' && !parts.some((part) => part.includes(text))) parts.push(text);
    const fix = fixOf(at);
    if (fix !== null && !parts.some((part) => part.includes(fix))) fixes.push(fix);
  }
  const text = parts.join(': ') || 'unknown error';
  return [text, fixes[0]].filter((part) => part !== undefined).join(/[.!?]$/.test(text) ? ' ' : '. ');
}

function fixOf(error: unknown): string | null {
  // A skill's findings name their fixes one by one.
  if (error instanceof SkillError) return null;
  if (isFault(error)) return capitalised(error.fix);
  if (isServerAway(error)) {
    return 'The Temporal server is away: see `skillgrad server status`.';
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return systemFixes[code] ?? null;
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
