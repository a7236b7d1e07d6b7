import { structuredPatch } from 'diff';
import type { FileEntry } from '../records/artifact';
import { decodeText, findFrontmatter } from './frontmatter';

/** How one layer's part of a package differs from another's. */
export interface LayerChange {
  layer: 'L1' | 'L2' | 'L3';
  file: string;
  change: 'added' | 'removed' | 'changed';
  /** Unified hunks, with the line numbers of the file; '' where it isn't text or only its mode differs. */
  diff: string;
  /** What no hunk can show, in words; null: nothing. */
  note: string | null;
}

/** What differs between two packages: frontmatter first, then the body, then the other files in order of path. */
export function diffLayers(before: readonly FileEntry[], after: readonly FileEntry[]): LayerChange[] {
  const paths = [...new Set([...before, ...after].map(({ path }) => path))]
    .filter((path) => path !== 'SKILL.md')
    .sort();
  return ['SKILL.md', ...paths].flatMap((path) => {
    const [old, fresh] = [before, after].map((files) => files.find((file) => file.path === path));
    return old === undefined && fresh === undefined ? [] : fileChanges(path, old, fresh);
  });
}

function fileChanges(file: string, old: FileEntry | undefined, fresh: FileEntry | undefined): LayerChange[] {
  const change = old === undefined ? 'added' : fresh === undefined ? 'removed' : 'changed';
  const layer = file === 'SKILL.md' ? 'L2' : 'L3';
  const mode =
    old !== undefined && fresh !== undefined && old.mode !== fresh.mode
      ? `mode ${old.mode.toString(8)} → ${fresh.mode.toString(8)}`
      : null;
  const texts = [old, fresh].map((entry) => (entry === undefined ? '' : decodeText(entry.bytes)));
  const [from, to] = texts;
  if (typeof from !== 'string' || typeof to !== 'string' || `${from}${to}`.includes('\0')) {
    const same = old !== undefined && fresh !== undefined && Buffer.compare(old.bytes, fresh.bytes) === 0;
    if (same && mode === null) return [];
    return [{ layer, file, change, diff: '', note: mode ?? 'not text' }];
  }
  const pieces: LayerChange[] = [];
  const head = file === 'SKILL.md' ? [headOf(from), headOf(to)] : ['', ''];
  const [oldHead = '', newHead = ''] = head;
  const l1 = hunks(oldHead, newHead, 0, 0);
  if (l1 !== '') pieces.push({ layer: 'L1', file, change, diff: l1, note: null });
  const rest = hunks(from.slice(oldHead.length), to.slice(newHead.length), linesOf(oldHead), linesOf(newHead));
  if (rest !== '') pieces.push({ layer, file, change, diff: rest, note: null });
  if (mode !== null || (pieces.length === 0 && change !== 'changed')) {
    pieces.push({ layer, file, change, diff: '', note: mode ?? 'empty' });
  }
  return pieces;
}

function headOf(text: string): string {
  const range = findFrontmatter(text);
  return typeof range === 'string' ? '' : text.slice(0, range.bodyStart);
}

function linesOf(head: string): number {
  return head.split('\n').length - 1;
}

/** Unified hunks with three lines around each change; `oldLines`, `newLines`: what stands before the texts in the file. */
function hunks(from: string, to: string, oldLines: number, newLines: number): string {
  const patch = structuredPatch('a', 'b', from, to, undefined, undefined, { context: 3 });
  return patch.hunks
    .map((hunk) => {
      const old = `${hunk.oldStart + oldLines},${hunk.oldLines}`;
      const fresh = `${hunk.newStart + newLines},${hunk.newLines}`;
      return `@@ -${old} +${fresh} @@\n${hunk.lines.join('\n')}\n`;
    })
    .join('');
}
