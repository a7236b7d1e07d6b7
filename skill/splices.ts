import type { OutlineNode } from './outline';

/** One change of a text: `start`–`end` gives way to `text` (equal offsets: an insertion). */
export interface Splice {
  start: number;
  end: number;
  text: string;
  /** What must stand between the text before and this one: nothing more, a line end, or a blank line. */
  lead: 'none' | 'line' | 'blank';
  /** Whether a blank line must follow before more text. */
  blankAfter: boolean;
}

/** A stretch of the source that was kept, and where it begins in the result. */
interface Kept {
  from: number;
  to: number;
  at: number;
}

export interface Spliced {
  text: string;
  kept: Kept[];
}

/**
 * Applies splices that don't overlap; what they don't cover is copied as it is.
 *
 * @param splices in the order of their edits; at one place, insertions keep that order, before what is replaced from there on.
 * @param follows whether other text (the frontmatter) stands before the source.
 */
export function applySplices(source: string, splices: readonly Splice[], eol: string, follows: boolean): Spliced {
  const ordered = splices
    .map((splice, order) => ({ splice, order }))
    .sort((a, b) => a.splice.start - b.splice.start || a.splice.end - b.splice.end || a.order - b.order);
  const kept: Kept[] = [];
  let text = '';
  let position = 0;
  let blankDue = false;
  const keepTo = (to: number): void => {
    if (to <= position) return;
    if (blankDue) text += /^[ \t]*\r?\n/.test(source.slice(position)) ? eol : eol + eol;
    blankDue = false;
    kept.push({ from: position, to, at: text.length });
    text += source.slice(position, to);
    position = to;
  };
  for (const { splice } of ordered) {
    keepTo(splice.start);
    const due = blankDue && splice.lead === 'none' && splice.text !== '' ? 'blank' : splice.lead;
    text += leadOf(text, due, eol, follows);
    text += splice.text;
    position = Math.max(position, splice.end);
    blankDue = splice.blankAfter || (blankDue && splice.text === '');
  }
  keepTo(source.length);
  return { text: blankDue ? text + eol : text, kept };
}

function leadOf(text: string, lead: Splice['lead'], eol: string, follows: boolean): string {
  if (lead === 'none') return '';
  if (text === '') return follows && lead === 'blank' ? eol : '';
  const line = text.endsWith('\n') ? '' : eol;
  return lead === 'line' || /\n[ \t]*\r?\n$/.test(text + line) ? line : line + eol;
}

/**
 * Whether every heading, list item, paragraph and code block that no splice replaced is still the same after it, and no
 * kept text became one: an open code fence, say, would swallow what follows.
 *
 * @returns null when all is well; else what changed, for the reason of a refusal.
 */
export function structureChange(
  before: readonly OutlineNode[],
  after: readonly OutlineNode[],
  { kept }: Spliced,
): string | null {
  const expected = new Map<string, OutlineNode>();
  // The preamble has no text of its own: it is there when one of its blocks is.
  const isReal = (node: OutlineNode): boolean => node.kind !== 'section' || node.depth > 0;
  for (const node of before.filter(isReal)) {
    const last = isBlock(node) ? node.end - 1 : node.start;
    const stretch = kept.find(({ from, to }) => from <= node.start && last < to);
    if (stretch !== undefined) expected.set(keyOf(node, node.start - stretch.from + stretch.at), node);
  }
  for (const node of after.filter(isReal)) {
    const last = isBlock(node) ? node.end - 1 : node.start;
    const isKept = kept.some(({ from, to, at }) => at <= node.start && last < at + to - from);
    if (isKept && !expected.delete(keyOf(node, node.start))) {
      return `text that it does not name would become the ${node.kind} ${JSON.stringify(node.title)}`;
    }
  }
  const lost = [...expected.values()][0];
  return lost === undefined ? null : `the ${lost.kind} ${lost.anchor}, which it does not name, would no longer be one`;
}

function isBlock({ kind }: OutlineNode): boolean {
  return kind === 'paragraph' || kind === 'code';
}

function keyOf(node: OutlineNode, at: number): string {
  if (node.kind === 'section') return `${at} ${node.depth} ${node.title}`;
  return node.kind === 'item' ? `${at} item` : `${at} ${node.kind} ${node.end - node.start}`;
}
