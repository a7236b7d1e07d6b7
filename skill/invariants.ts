import type { FileEntry } from '../records/artifact';
import type { Edit } from '../records/patch';
import { guardedUpdates } from './guarded-updates';
import { overruns } from './layer-budgets';
import { outline } from './outline';
import { parseSkill } from './parse';
import { isPointedAt, mentions, mentionsIn, pointerShape } from './pointers';
import { decodeText } from './frontmatter';

/** A breach of an invariant, with the edit to blame where a single one is. */
export interface Violation {
  message: string;
  edit?: Edit;
}

/** A description longer than this is no route any more (METHOD.md: one sentence, at most 50 words). */
const descriptionWords = 50;
/** A patch that leaves less than this share of the body's lines standing is a redraft. */
const leastKept = 0.5;
/** Bodies shorter than this may be rewritten whole: there is nothing to lose yet. */
const redraftLines = 12;

interface Opened {
  files: readonly FileEntry[];
  description: string;
  body: string;
}

/**
 * Checks what a patch makes of a package against the invariants of the method. Only what the patch broke counts: a
 * package that came with a breach can still be improved. `taskValues` are values of the run's tasks that general
 * knowledge must not hold. `flags` name guarded updates: allowed, and shown to people.
 */
export async function checkInvariants(
  before: readonly FileEntry[],
  after: readonly FileEntry[],
  { edits, taskValues }: { edits: readonly Edit[]; taskValues: readonly string[] },
): Promise<{ violations: Violation[]; flags: string[] }> {
  const old = open(before);
  const known = before.flatMap(({ bytes }) => decodeText(bytes) ?? []);
  const flags = await guardedUpdates(edits, known);
  let next: Opened;
  try {
    next = open(after);
    parseSkill(after, undefined, 'strict');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isBrokenAlready(before)) next = open(after);
    else return { violations: [{ message }], flags };
  }
  return {
    violations: [
      ...descriptionOf(old, next, edits),
      ...references(old, next, edits),
      ...(await budgets(old, next, edits)),
      ...values(known, edits, taskValues),
      ...(await redraft(old, next)),
    ],
    flags,
  };
}

function open(files: readonly FileEntry[]): Opened {
  const { description, body } = parseSkill(files, undefined, 'lenient');
  return { files, description, body };
}

function isBrokenAlready(files: readonly FileEntry[]): boolean {
  try {
    parseSkill(files, undefined, 'strict');
    return false;
  } catch {
    return true;
  }
}

const blame = (message: string, edit: Edit | undefined): Violation =>
  edit === undefined ? { message } : { message, edit };

function descriptionOf(old: Opened, next: Opened, edits: readonly Edit[]): Violation[] {
  if (next.description === old.description) return [];
  const edit = edits.find(({ op }) => op === 'set-description');
  const words = next.description.trim().split(/\s+/).length;
  const sentences = next.description.split(/[.!?](?=\s+\p{Lu})/u).length;
  const found: Violation[] = [];
  if (words > descriptionWords) {
    found.push(
      blame(`the description has ${words} words, at most ${descriptionWords}; say only when the skill is for`, edit),
    );
  }
  // Two sentences are common in the wild ("Does X. Use it for Y."); more is knowledge in the wrong layer.
  if (sentences > 2) found.push(blame('the description is more than a route; keep it to one sentence', edit));
  return found;
}

function references(old: Opened, next: Opened, edits: readonly Edit[]): Violation[] {
  const has = ({ files }: Opened, path: string): boolean => files.some((file) => file.path === path);
  const found: Violation[] = [];
  for (const path of mentionsIn(next.body)) {
    if (has(next, path) || (mentions(old.body, path) && !has(old, path))) continue;
    const edit =
      edits.find((one) => one.op === 'delete-reference' && one.path === path) ??
      edits.find((one) => 'text' in one && mentions(one.text, path));
    found.push(
      blame(`the body points to ${path}, which the package does not hold; write it or drop the pointer`, edit),
    );
  }
  for (const { path } of next.files) {
    if (!path.startsWith('references/')) continue;
    const isNew = !has(old, path);
    const edit =
      edits.find((one) => 'path' in one && one.path === path) ??
      edits.find((one) => one.op.startsWith('delete-') || one.op.startsWith('replace-'));
    if (!mentions(next.body, path)) {
      if (isNew || mentions(old.body, path)) {
        found.push(blame(`nothing points to ${path}; add to a section: "${pointerShape(path)}"`, edit));
      }
    } else if (isNew && !isPointedAt(next.body, path)) {
      found.push(blame(`the pointer to ${path} must say when to read it and when not: "${pointerShape(path)}"`, edit));
    }
  }
  return found;
}

async function budgets(old: Opened, next: Opened, edits: readonly Edit[]): Promise<Violation[]> {
  const earlier = new Map((await overruns(old.body, old.files)).map(({ path, size }) => [path, size]));
  const grown = (await overruns(next.body, next.files)).filter(({ path, size }) => size > (earlier.get(path) ?? 0));
  return grown.map(({ path, message }) => {
    const own = edits.find((edit) => 'path' in edit && path.startsWith(`${edit.path} `));
    return blame(message, own ?? edits.filter((edit) => 'text' in edit && !('path' in edit)).at(-1));
  });
}

function values(known: readonly string[], edits: readonly Edit[], taskValues: readonly string[]): Violation[] {
  return edits.flatMap((edit) => {
    if (!('text' in edit) || edit.op === 'write-reference') return [];
    const hit = taskValues.find((value) => holds(edit.text, value) && !known.some((text) => holds(text, value)));
    return hit === undefined ? [] : [{ message: `"${hit}" is a value of a task; say it in general terms`, edit }];
  });
}

/** Whether a text holds a value as a word of its own. */
function holds(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + value.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}

async function redraft(old: Opened, next: Opened): Promise<Violation[]> {
  const lines = old.body.split('\n').filter((line) => line.trim() !== '');
  if ((await outline(old.body)).length > 0 && next.body.trim() === '') {
    return [{ message: 'nothing of the body is left; edit sections and items instead of deleting them all' }];
  }
  if (lines.length < redraftLines) return [];
  const left = new Set(next.body.split('\n'));
  const kept = lines.filter((line) => left.has(line)).length;
  if (kept >= lines.length * leastKept) return [];
  return [
    { message: `only ${kept} of ${lines.length} lines of the body are left: no wholesale redraft; edit less at once` },
  ];
}
