import { textsOf, type Edit } from '../../records/patch';
import { brokenPointers, isNamed, pointersOf } from '../package-pointers';
import { isPointedAt, mentions, pointerShape } from '../pointers';
import { editOfFile, formerPath, thirdLayer, violation, type Change, type Violation } from './change';
import { takerOf } from './lost-mentions';

/** No broken pointer, no orphan, each new reference pointed to in the shape that says when, one level deep. */
export async function pointerViolations(change: Change): Promise<Violation[]> {
  return [...newlyBroken(change), ...(await orphans(change)), ...chains(change)];
}

function newlyBroken({ old, next, edits }: Change): Violation[] {
  const before = brokenPointers(old);
  return brokenPointers(next).flatMap(({ file, path }) => {
    if (before.some((one) => one.file === formerPath(file, edits) && one.path === path)) return [];
    const from = file === 'SKILL.md' ? 'the body' : file;
    const message = `${from} points to ${path}, which the package does not hold; write it or drop the pointer`;
    return [violation(message, culprit(file, path, edits))];
  });
}

/** The edit that took a file away, or else the one that names it, or that works on the file which names it. */
function culprit(file: string, path: string, edits: readonly Edit[]): Edit | undefined {
  const took = edits.find((edit) => edit.op.startsWith('delete-') && 'path' in edit && edit.path === path);
  const names = edits.find((edit) => textsOf(edit).some((text) => pointersOf(file, text).includes(path)));
  return took ?? names ?? editOfFile(file, edits);
}

async function orphans(change: Change): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { path } of change.next.files) {
    const orphan = path.startsWith('references/')
      ? orphanedReference(path, change)
      : path.startsWith('scripts/')
        ? orphanedScript(path, change)
        : null;
    if (orphan !== null) found.push(violation(orphan.message, await orphan.culprit()));
  }
  return found;
}

interface Orphan {
  message: string;
  culprit: () => Promise<Edit | undefined>;
}

function orphanedReference(path: string, change: Change): Orphan | null {
  const { old, next, edits } = change;
  const was = formerPath(path, edits);
  const isNew = !old.files.some((file) => file.path === was);
  const orphan = (message: string, holds: (text: string) => boolean): Orphan => ({
    message: `${message}: "${pointerShape(path)}"`,
    culprit: async () => (isNew ? undefined : await takerOf(holds, change)) ?? editOfFile(path, edits),
  });
  if (!mentions(next.body, path)) {
    if (!isNew && !mentions(old.body, was)) return null;
    return orphan(`nothing points to ${path}; add to a section`, (text) => mentions(text, was));
  }
  if (isPointedAt(next.body, path) || !(isNew || isPointedAt(old.body, was))) return null;
  const message = `the pointer to ${path} must say when to read it and when not`;
  return orphan(message, (text) => isPointedAt(text, was));
}

function orphanedScript(path: string, change: Change): Orphan | null {
  const { old, next, edits } = change;
  const was = formerPath(path, edits);
  const isNew = !old.files.some((file) => file.path === was);
  if (isNamed(path, next) || (!isNew && !isNamed(was, old))) return null;
  return {
    message: `nothing names ${path}; say in the body or in a reference when to run it`,
    culprit: async () => {
      if (isNew) return editOfFile(path, edits);
      const naming = [...thirdLayer(old)].flatMap(([file, text]) => (file !== was && mentions(text, was) ? file : []));
      const rewritten = naming.map((file) => editOfFile(file, edits)).find((edit) => edit !== undefined);
      return (await takerOf((text) => mentions(text, was), change)) ?? rewritten ?? editOfFile(path, edits);
    },
  };
}

/** A reference that sends on to another one: chains are read badly, and loops not at all. */
function chains({ old, next, edits }: Change): Violation[] {
  const before = thirdLayer(old);
  const known = new Set(next.files.map(({ path }) => path).filter((path) => path.startsWith('references/')));
  return [...thirdLayer(next)].flatMap(([file, text]) => {
    if (!file.startsWith('references/')) return [];
    const was = before.get(formerPath(file, edits)) ?? '';
    const earlier = pointersOf(formerPath(file, edits), was);
    const other = pointersOf(file, text).find(
      (path) => known.has(path) && path !== file && !earlier.includes(formerPath(path, edits)),
    );
    if (other === undefined) return [];
    const message = `${file} points on to ${other}; references are one level deep: put that pointer into SKILL.md`;
    return [violation(message, editOfFile(file, edits))];
  });
}
