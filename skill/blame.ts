import { diffArrays } from 'diff';
import type { FileEntry } from '../records/artifact';
import type { Edit } from '../records/patch';
import { decodeText } from './frontmatter';
import { editWithLine, editWithPart, isBlank, wordsOf } from './line-edits';

/** A patch that went in: the version that it made, and its edits. */
export interface AcceptedPatch {
  step: number;
  edits: readonly Edit[];
  files: readonly FileEntry[];
}

/** Where a line comes from: an edit, by its number from 0 in the patch of a step; null: the patch as a whole. */
export interface Origin {
  step: number;
  edit: number | null;
}

/** `origin` null: the line is the seed's. */
export interface BlamedLine {
  line: number;
  text: string;
  origin: Origin | null;
}

/** A file that isn't text is one line that says so. */
export interface BlamedFile {
  path: string;
  lines: BlamedLine[];
}

/** A line on its way through the versions; undefined while its origin isn't known. */
interface Line {
  text: string;
  origin: Origin | null | undefined;
}

/** At least this share of a new file's lines must come from a file that is gone for it to be that file, renamed. */
const renamedShare = 0.5;

/**
 * The origin of each line of the last version: of the seed, or of the edit whose text it is, by the difference of each
 * version to the one before. A line that a patch moved without writing it anew keeps its origin; one that none of the
 * patch's edits holds is the patch's as a whole. Files and their lines in order.
 *
 * @param accepted the patches that went in, first to last, each made of the version before it.
 */
export function blame(seed: readonly FileEntry[], accepted: readonly AcceptedPatch[]): BlamedFile[] {
  let version = new Map(seed.map((file) => [file.path, linesOf(file, null)]));
  for (const patch of accepted) version = afterPatch(version, patch);
  return [...version]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, lines]) => ({
      path,
      lines: lines.map(({ text, origin = null }, index) => ({ line: index + 1, text, origin })),
    }));
}

function afterPatch(before: ReadonlyMap<string, Line[]>, patch: AcceptedPatch): Map<string, Line[]> {
  const fresh = new Map(patch.files.map((file) => [file.path, linesOf(file, undefined)]));
  const gone = new Map([...before].filter(([path]) => !fresh.has(path)));
  const removed: Line[] = [];
  for (const [path, lines] of fresh) {
    const earlier = before.get(path) ?? takeRenamed(lines, gone);
    removed.push(...inherit(earlier, lines));
  }
  removed.push(...[...gone.values()].flat());
  for (const [path, lines] of fresh) attribute(path, lines, patch, removed);
  return fresh;
}

/** The lines of the gone file that a new one most probably is under another name; it is gone no longer. */
function takeRenamed(lines: readonly Line[], gone: Map<string, Line[]>): Line[] {
  let best: { path: string; share: number } | null = null;
  for (const [path, old] of gone) {
    const known = new Set(old.map(({ text }) => text));
    const share = lines.filter(({ text }) => known.has(text)).length / Math.max(1, lines.length);
    if (share >= renamedShare && (best === null || share > best.share)) best = { path, share };
  }
  const taken = best === null ? [] : (gone.get(best.path) ?? []);
  if (best !== null) gone.delete(best.path);
  return taken;
}

/** Gives the lines that stayed their origins. Returns the lines that did not stay. */
function inherit(before: readonly Line[], after: Line[]): Line[] {
  const parts = diffArrays(
    before.map(({ text }) => text),
    after.map(({ text }) => text),
  );
  const removed: Line[] = [];
  let [from, to] = [0, 0];
  for (const { added, removed: left, value } of parts) {
    if (left) removed.push(...before.slice(from, from + value.length));
    else if (!added) {
      value.forEach((_text, index) => {
        const line = after[to + index];
        if (line !== undefined) line.origin = before[from + index]?.origin;
      });
    }
    if (!added) from += value.length;
    if (!left) to += value.length;
  }
  return removed;
}

/** Finds the origins of the lines that a patch has brought into a file. */
function attribute(path: string, lines: Line[], { step, edits }: AcceptedPatch, removed: Line[]): void {
  const brought = lines.filter(({ origin }) => origin === undefined);
  let current: number | null = null;
  for (const line of brought.filter(({ text }) => !isBlank(text))) {
    const writes = editWithLine(line.text, path, edits, current);
    // Before parts are looked for: short words that only moved stand in many a new text.
    const moved = writes === null ? removed.findIndex(({ text }) => wordsOf(text) === wordsOf(line.text)) : -1;
    if (moved === -1) {
      const edit: number | null = writes ?? editWithPart(line.text, path, edits, current);
      line.origin = { step, edit };
      current = edit ?? current;
    } else line.origin = removed.splice(moved, 1)[0]?.origin;
  }
  // A blank line belongs to the line before it that came along, else to the one after it.
  for (const [index, line] of lines.entries()) {
    if (line.origin !== undefined) continue;
    const after = lines.slice(index + 1).find(({ text }) => !isBlank(text))?.origin;
    const neighbour = [lines[index - 1]?.origin, after].find((origin) => origin?.step === step);
    line.origin = neighbour ?? { step, edit: null };
  }
}

function linesOf({ bytes }: FileEntry, origin: Line['origin']): Line[] {
  const text = bytes.includes(0) ? null : decodeText(bytes);
  if (text === null) return [{ text: `[not text: ${bytes.length} bytes]`, origin }];
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => ({ text: line, origin }));
}
