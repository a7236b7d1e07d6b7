import type { Where } from '../../records/patch';
import type { BlockNode, ItemNode, SectionNode } from '../outline';
import type { Splice } from '../splices';
import { placeOfBlock, removalOfBlock } from './blocks';
import { atEnd, headAfter, headAtEnd, headLike, hung, itemContent, nextInList, removalOf } from './items';
import { moveSection } from './sections';
import {
  afterLine,
  findItem,
  findNode,
  findSection,
  insertion,
  itemsOf,
  lineStart,
  replacement,
  sectionOf,
  withoutTrail,
  type BodyView,
  type Plan,
  type Refusal,
} from './view';

/** Moves a part of the body; its text stays as it is, but for an item's marker and indentation. */
export function planMove(anchor: string, where: Where, to: string, view: BodyView): Plan | Refusal {
  const node = findNode(anchor, view);
  if ('refused' in node) return node;
  switch (node.kind) {
    case 'section':
      return relocateSection(node, where, to, view);
    case 'item':
      return moveItem(node, where, to, view);
    case 'paragraph':
    case 'code':
      return moveBlock(node, where, to, view);
    default:
      return node satisfies never;
  }
}

function relocateSection(section: SectionNode, where: Where, to: string, view: BodyView): Plan | Refusal {
  if (where !== 'before' && where !== 'after') {
    return { refused: `a section is moved before or after another section, not to its ${where}` };
  }
  const target = findSection(to, view);
  if ('refused' in target) return target;
  const moved = moveSection(section, where, target, view);
  if ('refused' in moved) return moved;
  const text = withoutTrail(view.body.slice(moved.start, moved.end));
  return { splices: [replacement(moved.start, moved.end, ''), insertion(moved.at, text)], within: [] };
}

function moveItem(item: ItemNode, where: Where, to: string, view: BodyView): Plan | Refusal {
  const target = itemTarget(where, to, view);
  if ('refused' in target) return target;
  const removal = removalOf(item, view);
  const next = nextTo(target, view);
  const { item: beside, section } = target;
  const lastOfList = next === null && beside !== itemsOf(view, section).at(-1) ? beside : null;
  const isAtEnd = next === null && lastOfList === null;
  const put =
    next !== null
      ? putBefore(item, next, view)
      : lastOfList !== null
        ? putAfter(item, lastOfList, view)
        : putAtEnd(item, section, view);
  if (put.start >= removal.start && put.start <= removal.end) return { refused: `${item.anchor} stands there already` };
  const plan = { splices: [removal, put], within: [...sectionOf(item, view), section] };
  return isAtEnd ? { ...plan, addsItemTo: section.anchor } : plan;
}

/** The item that a moved one goes beside; null: the section has no list yet. */
interface ItemTarget {
  item: ItemNode | null;
  section: SectionNode;
  side: 'before' | 'after';
}

function itemTarget(where: Where, to: string, view: BodyView): ItemTarget | Refusal {
  if (where === 'start' || where === 'end') {
    const section = findSection(to, view);
    if ('refused' in section) return section;
    const items = itemsOf(view, section);
    return where === 'start'
      ? { item: items[0] ?? null, section, side: 'before' }
      : { item: items.at(-1) ?? null, section, side: 'after' };
  }
  if (!to.includes('/')) {
    return { refused: `an item goes before or after an item, like ${to}/1, or to the start or end of a section` };
  }
  const item = findItem(to, view);
  if ('refused' in item) return item;
  const [section] = sectionOf(item, view);
  return section === undefined ? { refused: `there is no section of ${to}` } : { item, section, side: where };
}

function putAtEnd(item: ItemNode, section: SectionNode, view: BodyView): Splice {
  const head = headAtEnd(section, view);
  return atEnd(section, hung(head, itemContent(item, view)), view);
}

/** The item that a moved one goes before; null: none, it goes to the end of the list. */
function nextTo({ item, side }: ItemTarget, view: BodyView): ItemNode | null {
  return item === null || side === 'before' ? item : nextInList(item, view);
}

function putBefore(moved: ItemNode, next: ItemNode, view: BodyView): Splice {
  const head = headLike(next, view);
  const text = hung(head, itemContent(moved, view)) + view.eol + (next.loose ? view.eol : '');
  const at = lineStart(view.body, next.start);
  return replacement(at, at, text);
}

/** Behind the last item of a list that another list of the section follows. */
function putAfter(moved: ItemNode, last: ItemNode, view: BodyView): Splice {
  const at = afterLine(view.body, last.end);
  const text = hung(headAfter(last, view), itemContent(moved, view)) + view.eol;
  return replacement(at, at, (last.loose ? view.eol : '') + text);
}

function moveBlock(block: BlockNode, where: Where, to: string, view: BodyView): Plan | Refusal {
  const place = placeOfBlock(where, to, view);
  if ('refused' in place) return place;
  const removal = removalOfBlock(block, view);
  if (place.at >= removal.start && place.at <= removal.end) return { refused: `${block.anchor} stands there already` };
  const text = view.body.slice(lineStart(view.body, block.start), block.end);
  return { splices: [removal, insertion(place.at, text)], within: [...sectionOf(block, view), ...place.within] };
}
