import type { fromMarkdown } from 'mdast-util-from-markdown' with { 'resolution-mode': 'import' };

/** A node that stands at the top level of a document. */
export type Block = ReturnType<typeof fromMarkdown>['children'][number];

let loading: Promise<{ fromMarkdown: typeof fromMarkdown }> | undefined;

/** Loads the parser, which is an ESM-only package; without this it is loaded on first use. */
export function loadMarkdown(): Promise<{ fromMarkdown: typeof fromMarkdown }> {
  return (loading ??= import('mdast-util-from-markdown'));
}

/**
 * The top-level blocks of a CommonMark text. Offsets are those of the text as given, a byte-order mark included.
 */
export async function parseBlocks(text: string): Promise<{ blocks: Block[]; offset: number }> {
  const parser = await loadMarkdown();
  // The parser leaves a byte-order mark out of its count.
  const offset = text.startsWith('\uFEFF') ? 1 : 0;
  return { blocks: parser.fromMarkdown(text).children, offset };
}

/** A block's first and last offset (end exclusive) in the text that it was parsed from. */
export function span(node: Pick<Block, 'position'>, offset: number): { start: number; end: number } {
  return {
    start: (node.position?.start.offset ?? 0) + offset,
    end: (node.position?.end.offset ?? 0) + offset,
  };
}

/** A list item's text without its marker; another text as it is. */
export function withoutMarker(text: string): string {
  return text.replace(/^(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)/, '');
}

/** What a text says, line by line: without indentation, list markers and blank lines. */
export function saidLines(text: string): string[] {
  const lines = text.split('\n').map((line) => withoutMarker(line.trim()));
  return lines.filter((line) => line !== '');
}

/** How many columns a text without line ends takes, from the start of a line; a tab goes to the next multiple of 4. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += character === '\t' ? 4 - (columns % 4) : 1;
  return columns;
}

/** A line without its first columns, as far as they are blank; what is left of a tab is blanks. */
export function outdented(line: string, columns: number): string {
  const blanks = /^[ \t]*/.exec(line)?.[0] ?? '';
  let end = 0;
  while (end < blanks.length && columnsOf(line.slice(0, end)) < columns) end += 1;
  return ' '.repeat(Math.max(0, columnsOf(line.slice(0, end)) - columns)) + line.slice(end);
}

/** Levels of lists and quotes within each other: in the text of an edit, and in a body that is read at all. */
export const nestingLimits = { edit: 30, body: 60 };

/**
 * How deep the lists and quotes on one line of a text lie within each other. The parser takes quadratic time over them,
 * and the stack ends at some thousands.
 */
export function nestingOf(text: string): number {
  const level = /[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))/y;
  let deepest = 0;
  for (const line of text.split('\n')) {
    level.lastIndex = 0;
    let levels = 0;
    while (level.test(line)) levels += 1;
    deepest = Math.max(deepest, levels);
  }
  return deepest;
}
