import type { Where } from '../../records/patch';
import { readBlockText } from '../edit-text';
import type { BlockNode } from '../outline';
import type { Splice } from '../splices';
import {
  afterLine,
  findBlock,
  findNode,
  findSection,
  insertion,
  lineStart,
  replacement,
  sectionOf,
  type BodyView,
  type Plan,
  type Refusal,
} from './view';

/** A new paragraph or code block beside another one, or at the start or end of a section. */
export async function insertBlock(where: Where, to: string, raw: string, view: BodyView): Promise<Plan | Refusal> {
  const place = placeOfBlock(where, to, view);
  if ('refused' in place) return place;
  const read = await readBlockText(raw, view.eol);
  return 'refused' in read ? read : { splices: [insertion(place.at, read.text)], within: place.within };
}

/** Where a paragraph or code block goes, and in which section. */
export function placeOfBlock(
  where: Where,
  to: string,
  view: BodyView,
): { at: number; within: Plan['within'] } | Refusal {
  if (where === 'start' || where === 'end') {
    const section = findSection(to, view);
    if ('refused' in section) return section;
    const start = section.depth === 0 ? section.start : afterLine(view.body, section.headingEnd);
    return { at: where === 'start' ? start : section.ownEnd, within: [section] };
  }
  const node = findNode(to, view);
  if (!('refused' in node) && (node.kind === 'section' || node.kind === 'item')) {
    return {
      refused: `a paragraph or code block can't go ${where} the ${node.kind} ${to}; give a paragraph or code block as "to", or a section with where: start or end`,
    };
  }
  const block = findBlock(to, view);
  if ('refused' in block) return block;
  const at = where === 'before' ? lineStart(view.body, block.start) : afterLine(view.body, block.end);
  return { at, within: sectionOf(block, view) };
}

export async function replaceBlock(anchor: string, raw: string, view: BodyView): Promise<Plan | Refusal> {
  const block = findBlock(anchor, view);
  if ('refused' in block) return block;
  const read = await readBlockText(raw, view.eol);
  if ('refused' in read) return read;
  return { splices: [inBlock(block, read.text, read.kind, view)], within: sectionOf(block, view) };
}

/** Puts a text in the place of a block; one of another kind is set apart by blank lines. */
export function inBlock(block: BlockNode, text: string, kind: BlockNode['kind'], { body }: BodyView): Splice {
  const splice = replacement(lineStart(body, block.start), block.end, text);
  if (kind === block.kind) return splice;
  const followed = afterLine(body, afterLine(body, block.end)) > afterLine(body, block.end);
  const next = body.slice(afterLine(body, block.end), afterLine(body, afterLine(body, block.end)));
  return { ...splice, lead: 'blank', blankAfter: followed && next.trim() !== '' };
}

export function deleteBlock(anchor: string, view: BodyView): Plan | Refusal {
  const block = findBlock(anchor, view);
  return 'refused' in block ? block : { splices: [removalOfBlock(block, view)], within: sectionOf(block, view) };
}

/** Takes a block out with the blank lines behind it; what stood around it doesn't run together. */
export function removalOfBlock(block: BlockNode, { body, eol }: BodyView): Splice {
  const start = lineStart(body, block.start);
  const after = afterLine(body, block.end);
  const blank = /^(?:[ \t]*\r?\n)*/.exec(body.slice(after))?.[0] ?? '';
  const end = after + blank.length;
  const before = body.slice(lineStart(body, start - 1), start);
  const touching = start > 0 && before.trim() !== '' && end < body.length;
  return replacement(start, end, touching ? eol : '');
}
