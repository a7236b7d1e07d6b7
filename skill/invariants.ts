import type { FileEntry } from '../records/artifact';
import type { Edit } from '../records/patch';
import type { GuardedPolicy } from '../records/run-config';
import { decodeText } from './frontmatter';
import { guardedUpdates } from './guarded-updates';
import { openPackage, type Change, type Violation } from './invariants/change';
import { codeViolations, redraftViolations, valueViolations } from './invariants/contents';
import { budgetViolations, descriptionViolations } from './invariants/layers';
import { pointerViolations } from './invariants/pointers';
import { parseSkill } from './parse';

/** What a patch is held against. */
export interface InvariantSettings {
  edits: readonly Edit[];
  /** Values of the run's tasks that general knowledge must not hold. */
  taskValues: readonly string[];
  /** What becomes of an edit that adds a script, a web address, a shell command or a rule for the agent. */
  guarded: GuardedPolicy;
}

/**
 * Checks what a patch makes of a package against the invariants of the method. Only what the patch broke counts: a
 * package that came with a breach can still be improved. `flags` name guarded updates that are let pass, and code that
 * could not be parsed here; they are shown to people.
 */
export async function checkInvariants(
  before: readonly FileEntry[],
  after: readonly FileEntry[],
  { edits, taskValues, guarded }: InvariantSettings,
): Promise<{ violations: Violation[]; flags: string[] }> {
  const change = openChange(before, after, edits);
  if ('message' in change) return { violations: [change], flags: [] };
  const known = before.flatMap(({ bytes }) => decodeText(bytes) ?? []);
  const updates = await guardedUpdates(edits, known);
  const code = await codeViolations(change);
  return {
    violations: [
      ...descriptionViolations(change),
      ...(await pointerViolations(change)),
      ...(await budgetViolations(change)),
      ...valueViolations(change, taskValues),
      ...(await redraftViolations(change)),
      ...code.found,
      ...(guarded === 'flag' ? [] : updates.map(({ edit, flag }) => ({ edit, message: `${flag}; ${refusedHere}` }))),
    ],
    flags: [...new Set([...(guarded === 'flag' ? updates.map(({ flag }) => flag) : []), ...code.flags])],
  };
}

const refusedHere = 'this run refuses such updates: leave it out, or say it in words of your own';

/** The change, or the violation that the package can't be used after it. */
function openChange(
  before: readonly FileEntry[],
  after: readonly FileEntry[],
  edits: readonly Edit[],
): Change | Violation {
  const old = openPackage(before);
  try {
    const next = openPackage(after);
    if (isValid(before)) parseSkill(after, undefined, 'strict');
    return { old, next, edits };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
}

function isValid(files: readonly FileEntry[]): boolean {
  try {
    parseSkill(files, undefined, 'strict');
    return true;
  } catch {
    return false;
  }
}
