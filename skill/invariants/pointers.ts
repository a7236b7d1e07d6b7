import type { FileEntry } from '../../records/artifact';
import { textsOf, type Edit } from '../../records/patch';
import { isPointedAt, mentions, mentionsIn, pointerShape } from '../pointers';
import { editOfFile, formerPath, thirdLayer, violation, type Change, type Violation } from './change';

/** Whether a name is that of a file, or of a folder with files. */
export function isHeld(files: readonly FileEntry[], path: string): boolean {
  return files.some((file) => file.path === path || file.path.startsWith(`${path}/`));
}

/** No broken pointer, no orphan, each new reference pointed to in the shape that says when, one level deep. */
export function pointerViolations(change: Change): Violation[] {
  return [...brokenPointers(change), ...orphans(change), ...chains(change)];
}

function brokenPointers({ old, next, edits }: Change): Violation[] {
  const found = mentionsIn(next.body).flatMap((path) => {
    if (isHeld(next.files, path) || (mentions(old.body, path) && !isHeld(old.files, path))) return [];
    const message = `the body points to ${path}, which the package does not hold; write it or drop the pointer`;
    return [violation(message, culprit(path, edits))];
  });
  const before = thirdLayer(old);
  for (const [file, text] of thirdLayer(next)) {
    const was = before.get(formerPath(file, edits)) ?? '';
    for (const path of mentionsIn(text)) {
      if (isHeld(next.files, path) || (mentions(was, path) && !isHeld(old.files, path))) continue;
      const message = `${file} points to ${path}, which the package does not hold; write it or drop the pointer`;
      found.push(violation(message, culprit(path, edits) ?? editOfFile(file, edits)));
    }
  }
  return found;
}

/** The edit that took a file away, or else the one that names it. */
function culprit(path: string, edits: readonly Edit[]): Edit | undefined {
  const took = edits.find((edit) => edit.op.startsWith('delete-') && 'path' in edit && edit.path === path);
  return took ?? edits.find((edit) => textsOf(edit).some((text) => mentions(text, path)));
}

function orphans(change: Change): Violation[] {
  const { old, next, edits } = change;
  const takers = /^(?:delete|replace)-|^(?:merge|split|lift-to-reference)$/;
  const taker = edits.find(({ op }) => takers.test(op));
  return next.files.flatMap(({ path }) => {
    const was = formerPath(path, edits);
    const isNew = !old.files.some((file) => file.path === was);
    const edit = editOfFile(path, edits) ?? taker;
    if (path.startsWith('references/')) {
      if (!mentions(next.body, path)) {
        if (!isNew && !mentions(old.body, was)) return [];
        return [violation(`nothing points to ${path}; add to a section: "${pointerShape(path)}"`, edit)];
      }
      if (isPointedAt(next.body, path) || !(isNew || isPointedAt(old.body, was))) return [];
      return [violation(`the pointer to ${path} must say when to read it and when not: "${pointerShape(path)}"`, edit)];
    }
    if (!path.startsWith('scripts/') || isNamed(path, next)) return [];
    if (!isNew && !isNamed(was, old)) return [];
    return [violation(`nothing names ${path}; say in the body or in a reference when to run it`, edit)];
  });
}

function isNamed(path: string, { body, files }: Change['next']): boolean {
  return (
    mentions(body, path) || [...thirdLayer({ files })].some(([file, text]) => file !== path && mentions(text, path))
  );
}

/** A reference that sends on to another one: chains are read badly, and loops not at all. */
function chains({ old, next, edits }: Change): Violation[] {
  const before = thirdLayer(old);
  const known = new Set(next.files.map(({ path }) => path).filter((path) => path.startsWith('references/')));
  return [...thirdLayer(next)].flatMap(([file, text]) => {
    if (!file.startsWith('references/')) return [];
    const was = before.get(formerPath(file, edits)) ?? '';
    const other = mentionsIn(text).find(
      (path) => known.has(path) && path !== file && !mentions(was, formerPath(path, edits)),
    );
    if (other === undefined) return [];
    const message = `${file} points on to ${other}; references are one level deep: put that pointer into SKILL.md`;
    return [violation(message, editOfFile(file, edits))];
  });
}
