import { parseBlocks, span, withoutMarker } from './markdown';
import { slugOf, textOf } from './outline';

/** What an edit's section text turned out to be; `heading` null: content without a heading line. */
export interface SectionText {
  text: string;
  heading: { depth: number; title: string; slug: string } | null;
  /** Slugs of the deeper headings below it. */
  subsections: string[];
}

/**
 * Reads the text of a section edit: at most one section, with its subsections.
 *
 * @returns the text without blank lines around it and with the file's line ends, or why it is refused.
 */
export async function readSectionText(raw: string, eol: string): Promise<SectionText | { refused: string }> {
  const text = trimBlankLines(raw, eol);
  if (text.trim() === '') return { refused: 'the text is blank' };
  const open = await unclosed(text);
  if (open !== null) return { refused: open };
  const { blocks, offset } = await parseBlocks(text);
  const headings = blocks.flatMap((block) =>
    block.type === 'heading'
      ? [{ depth: block.depth, title: textOf(block).trim(), start: span(block, offset).start }]
      : [],
  );
  const [first, ...others] = headings;
  if (first === undefined) return { text, heading: null, subsections: [] };
  if (first.start > offset) {
    return { refused: `text stands before the heading "${first.title}"; begin with the heading line` };
  }
  const sibling = others.find(({ depth }) => depth <= first.depth);
  if (sibling !== undefined) {
    return {
      refused: `the text holds a second section "${sibling.title}" of level ${sibling.depth}; give it an insert-section of its own, or a deeper heading`,
    };
  }
  return {
    text,
    heading: { depth: first.depth, title: first.title, slug: slugOf(first.title) },
    subsections: others.map(({ title }) => slugOf(title)),
  };
}

/**
 * Reads the text of a list item. A marker that the model wrote in spite of the contract is taken off.
 *
 * @param indent columns that its further lines are indented by: those of the indentation, marker and blanks before it.
 */
export async function readItemText(
  raw: string,
  indent: number,
  eol: string,
): Promise<{ text: string } | { refused: string }> {
  const plain = withoutMarker(trimBlankLines(raw, '\n').trim());
  if (plain === '') return { refused: 'the text is blank; to remove an item use delete-item' };
  const open = await unclosed(plain);
  if (open !== null) return { refused: open };
  const lines = plain.split('\n');
  return {
    text: lines.map((line, index) => (index === 0 || line === '' ? line : ' '.repeat(indent) + line)).join(eol),
  };
}

/**
 * Reads the text of a block edit: one paragraph (or quote), or one code block between fence lines.
 *
 * @returns the text without blank lines around it and with the file's line ends, or why it is refused.
 */
export async function readBlockText(
  raw: string,
  eol: string,
): Promise<{ text: string; kind: 'paragraph' | 'code' } | { refused: string }> {
  const text = trimBlankLines(raw, eol);
  if (text.trim() === '') return { refused: 'the text is blank; to remove a block use delete-block' };
  const open = await unclosed(text);
  if (open !== null) return { refused: open };
  const { blocks } = await parseBlocks(text);
  const [block] = blocks;
  const heading = blocks.find(({ type }) => type === 'heading');
  if (heading !== undefined) {
    return { refused: `the text holds the heading "${textOf(heading).trim()}"; use insert-section or replace-section` };
  }
  if (block === undefined || blocks.length > 1) {
    return { refused: `expected one paragraph or code block, got ${blocks.length}; give each an edit of its own` };
  }
  if (block.type === 'paragraph' || block.type === 'blockquote') return { text, kind: 'paragraph' };
  if (block.type === 'list') return { refused: 'the text is a list; use insert-item or replace-item' };
  if (block.type === 'code' && /^ {0,3}(?:`{3}|~{3})/.test(text)) return { text, kind: 'code' };
  return { refused: 'expected a paragraph, or code between two lines of ```' };
}

/** Why text after `text` would be swallowed by it (an open code fence, comment or HTML block), or null. */
export async function unclosed(text: string): Promise<string | null> {
  const seal = 'end of the text';
  const { blocks } = await parseBlocks(`${text}\n\n# ${seal}\n`);
  const last = blocks.at(-1);
  if (last?.type === 'heading' && textOf(last) === seal) return null;
  return last?.type === 'code'
    ? 'a code fence is not closed; add the closing line'
    : 'an HTML block is not closed; close or remove it';
}

function trimBlankLines(raw: string, eol: string): string {
  return raw
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
    .replace(/\n/g, eol);
}
