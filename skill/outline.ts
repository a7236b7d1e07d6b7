import { columnsOf, parseBlocks, span, type Block } from './markdown';

/** A heading with what stands below it, up to the next heading of its level or above. */
export interface SectionNode {
  kind: 'section';
  /** Slug of the heading, `-2`, `-3` … where it recurs; `preamble` for text before the first heading. */
  anchor: string;
  title: string;
  /** Heading level 1–6; 0 for the preamble. */
  depth: number;
  start: number;
  /** End of the heading's text; `start` for the preamble. */
  headingEnd: number;
  /** End with its subsections. */
  end: number;
  /** End of its own part, where the first subsection begins. */
  ownEnd: number;
  /** Items of its own lists, its own paragraphs and code blocks: how many. */
  items: number;
  paragraphs: number;
  codeBlocks: number;
}

/** A top-level item of a list in a section's own part, with everything nested in it. */
export interface ItemNode {
  kind: 'item';
  /** `<section>/<n>`, counted from 1 through all lists of the section. */
  anchor: string;
  /** The item's first line. */
  title: string;
  section: string;
  /** From the marker to the end of the last line's text, line end not included. */
  start: number;
  end: number;
  /** Where the text after the marker begins. */
  contentStart: number;
  /** The list's marker as written: `-`, `*`, `+`, `3.` or `3)`. */
  marker: string;
  /** Whether the list's items are set apart by blank lines. */
  loose: boolean;
}

/** A paragraph (or a quote) or a code block that stands in a section's own part, outside of its lists. */
export interface BlockNode {
  kind: 'paragraph' | 'code';
  /** `<section>/p<n>` or `<section>/code<n>`, each counted from 1. */
  anchor: string;
  /** The beginning of its first line; of a code block, that of its fence. */
  title: string;
  section: string;
  /** From its first character (indentation left out) to its last, line end not included. */
  start: number;
  end: number;
}

export type OutlineNode = SectionNode | ItemNode | BlockNode;

/**
 * Sections, list items, paragraphs and code blocks of an L2 body (or an L3 file) in document order, by CommonMark: a `#` in a code fence is no
 * heading. Offsets are UTF-16 indices into `body`, ends exclusive. Headings inside quotes or lists make no section.
 */
export async function outline(body: string): Promise<OutlineNode[]> {
  const { blocks, offset } = await parseBlocks(body);
  const nodes: OutlineNode[] = [];
  const sections: SectionNode[] = [];
  const taken = new Set<string>();
  for (const block of blocks) {
    const { start, end } = span(block, offset);
    if (block.type === 'heading') {
      const title = textOf(block).replace(/\s+/g, ' ').trim();
      const lineStart = body.lastIndexOf('\n', start - 1) + 1;
      openSection(slugOf(title), { title, depth: block.depth, start: lineStart, headingEnd: end });
    } else if (sections.length === 0) {
      const lineStart = body.lastIndexOf('\n', start - 1) + 1;
      openSection('preamble', { title: '', depth: 0, start: lineStart, headingEnd: lineStart });
    }
    const section = sections.at(-1);
    if (block.type === 'list' && section !== undefined) {
      for (const item of block.children) {
        section.items += 1;
        nodes.push(
          itemNode(body, section, span(item, offset), block.spread === true || blankBetween(body, block, offset)),
        );
      }
    } else if (section !== undefined && (block.type === 'paragraph' || block.type === 'blockquote')) {
      section.paragraphs += 1;
      nodes.push(blockNode(body, 'paragraph', `p${section.paragraphs}`, section, { start, end }));
    } else if (section !== undefined && block.type === 'code') {
      section.codeBlocks += 1;
      nodes.push(blockNode(body, 'code', `code${section.codeBlocks}`, section, { start, end }));
    }
  }
  return nodes;

  function openSection(slug: string, heading: Pick<SectionNode, 'title' | 'depth' | 'start' | 'headingEnd'>): void {
    const anchor = uniqueAnchor(slug, taken);
    const counts = { items: 0, paragraphs: 0, codeBlocks: 0 };
    const section = { kind: 'section' as const, anchor, ...heading, end: body.length, ownEnd: body.length, ...counts };
    const previous = sections.at(-1);
    if (previous !== undefined) previous.ownEnd = section.start;
    for (const earlier of sections) {
      if (earlier.end > section.start && (earlier.depth >= section.depth || earlier.depth === 0)) {
        earlier.end = section.start;
      }
    }
    sections.push(section);
    nodes.push(section);
  }
}

/** The anchor that a heading gets, before numbers tell repeated ones apart: letters and digits, single hyphens. */
export function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'section' : slug;
}

function uniqueAnchor(slug: string, taken: Set<string>): string {
  let anchor = slug;
  for (let number = 2; taken.has(anchor); number++) anchor = `${slug}-${number}`;
  taken.add(anchor);
  return anchor;
}

const titleLength = 60;

function blockNode(
  body: string,
  kind: BlockNode['kind'],
  name: string,
  section: SectionNode,
  { start, end }: { start: number; end: number },
): BlockNode {
  const line = (body.slice(start, end).split('\n')[0] ?? '').trim();
  const title = line.length <= titleLength ? line : `${line.slice(0, titleLength)}…`;
  return { kind, anchor: `${section.anchor}/${name}`, title, section: section.anchor, start, end };
}

function itemNode(
  body: string,
  section: SectionNode,
  { start, end }: { start: number; end: number },
  loose: boolean,
): ItemNode {
  const raw = body.slice(start, end);
  const [, marker = '-', blanks = ''] = /^([-*+]|\d{1,9}[.)])([ \t]*)/.exec(raw) ?? [];
  const before = body.slice(body.lastIndexOf('\n', start - 1) + 1, start) + marker;
  // Text more than 4 columns behind the marker is indented code.
  const isText = /\S/.test(raw[marker.length + blanks.length] ?? '');
  const leads = isText && columnsOf(before + blanks) - columnsOf(before) <= 4;
  const contentStart = start + marker.length + (leads ? blanks.length : Math.min(1, blanks.length));
  return {
    kind: 'item',
    anchor: `${section.anchor}/${section.items}`,
    title: (body.slice(contentStart, end).split('\n')[0] ?? '').trim(),
    section: section.anchor,
    start,
    end,
    contentStart,
    marker,
    loose,
  };
}

function blankBetween(body: string, list: Extract<Block, { type: 'list' }>, offset: number): boolean {
  const [first, second] = list.children;
  if (first === undefined || second === undefined) return false;
  const between = body.slice(span(first, offset).end, span(second, offset).start);
  return (between.match(/\n/g)?.length ?? 0) > 1;
}

/** The words of a block without its markup. */
export function textOf(node: object): string {
  if ('value' in node && typeof node.value === 'string') return node.value;
  if ('alt' in node && typeof node.alt === 'string') return node.alt;
  if ('children' in node && Array.isArray(node.children)) {
    return (node.children as object[]).map(textOf).join('');
  }
  return 'type' in node && node.type === 'break' ? ' ' : '';
}
