import { readItemText } from '../edit-text';
import { columnsOf, outdented } from '../markdown';
import type { ItemNode, SectionNode } from '../outline';
import type { Splice } from '../splices';
import {
  afterLine,
  findItem,
  findSection,
  insertion,
  itemsOf,
  lineStart,
  replacement,
  sectionOf,
  type BodyView,
  type Plan,
  type Refusal,
} from './view';

/** A new item at the end of a section's list, in the list's own marker; it begins a list where there is none. */
export async function insertItem(anchor: string, raw: string, view: BodyView): Promise<Plan | Refusal> {
  const section = findSection(anchor, view);
  if ('refused' in section) return section;
  const head = headAtEnd(section, view);
  const read = await readItemText(raw, columnsOf(head), view.eol);
  if ('refused' in read) return read;
  return { splices: [atEnd(section, head + read.text, view)], within: [section], addsItemTo: section.anchor };
}

/** Marker and blanks before the text of an item that goes to the end of a section's list. */
export function headAtEnd(section: SectionNode, view: BodyView): string {
  const items = itemsOf(view, section);
  const last = items.at(-1);
  return last === undefined ? '- ' : headLike(last, view, nextMarker(items, view.addedItems.get(section.anchor) ?? 0));
}

/** Marker and blanks before the text of an item that goes behind another one, the last of its list. */
export function headAfter(item: ItemNode, view: BodyView): string {
  const upTo = view.nodes.slice(0, view.nodes.indexOf(item) + 1);
  const items = upTo.filter((node): node is ItemNode => node.kind === 'item' && node.section === item.section);
  return headLike(item, view, nextMarker(items, 0));
}

/** Indentation, marker and blanks like those of another item of the list. */
export function headLike(item: ItemNode, { body }: BodyView, marker = item.marker): string {
  const space = body.slice(item.start + item.marker.length, item.contentStart) || ' ';
  return body.slice(lineStart(body, item.start), item.start) + marker + space;
}

/** Puts a finished item at the end of a section's list. */
export function atEnd(section: SectionNode, text: string, view: BodyView): Splice {
  const last = itemsOf(view, section).at(-1);
  const begins = last === undefined && (view.addedItems.get(section.anchor) ?? 0) === 0;
  const start = last === undefined ? section.ownEnd : afterLine(view.body, last.end);
  return { ...insertion(start, text), lead: begins || last?.loose === true ? 'blank' : 'line' };
}

export async function replaceItem(anchor: string, raw: string, view: BodyView): Promise<Plan | Refusal> {
  const item = findItem(anchor, view);
  if ('refused' in item) return item;
  const read = await readItemText(raw, columnsOf(headLike(item, view)), view.eol);
  if ('refused' in read) return read;
  return { splices: [inItem(item, read.text)], within: sectionOf(item, view) };
}

/** Puts a text in the place of an item's, behind its marker. */
export function inItem(item: ItemNode, text: string): Splice {
  const gap = item.contentStart - item.start > item.marker.length ? '' : ' ';
  return replacement(item.contentStart, item.end, gap + text);
}

export function deleteItem(anchor: string, view: BodyView): Plan | Refusal {
  const item = findItem(anchor, view);
  return 'refused' in item ? item : { splices: [removalOf(item, view)], within: sectionOf(item, view) };
}

/** Takes an item out, with the blank lines up to the next item of its list. */
export function removalOf(item: ItemNode, view: BodyView): Splice {
  const { body } = view;
  const next = nextInList(item, view);
  const end = next === null ? afterLine(body, item.end) : lineStart(body, next.start);
  return replacement(lineStart(body, item.start), end, '');
}

/** The item that follows in the same list, or in a list that stands right behind it. */
export function nextInList(item: ItemNode, { body, nodes }: BodyView): ItemNode | null {
  const next = nodes[nodes.indexOf(item) + 1];
  return next?.kind === 'item' && body.slice(item.end, next.start).trim() === '' ? next : null;
}

/** An item's text as lines that don't hang by its marker, with the line ends it has. */
export function itemContent(item: ItemNode, view: BodyView): string {
  const columns = columnsOf(headLike(item, view));
  const [first = '', ...others] = view.body.slice(item.contentStart, item.end).split('\n');
  return [first, ...others.map((line) => outdented(line, columns))].join('\n');
}

/** An item's text behind its marker and blanks, with all lines but the first and the blank ones indented by those. */
export function hung(head: string, text: string): string {
  return head + text.replace(/\n(?=[^\r\n])/g, `\n${' '.repeat(columnsOf(head))}`);
}

function nextMarker(items: readonly ItemNode[], added: number): string {
  const last = items.at(-1);
  const number = last === undefined ? null : /^(\d+)([.)])$/.exec(last.marker);
  if (last === undefined || number === null) return last?.marker ?? '-';
  const repeated = items.length > 1 && items.at(-2)?.marker === last.marker;
  return `${Number(number[1]) + (repeated ? 0 : added + 1)}${number[2]}`;
}
