import { readItemText } from '../edit-text';
import { columnsOf } from '../markdown';
import type { ItemNode, OutlineNode, SectionNode } from '../outline';
import { headLike, inItem, nextInList, removalOf } from './items';
import { gapBefore, readWholeSection } from './sections';
import { findNode, replacement, sectionOf, sectionsOf, type BodyView, type Plan, type Refusal } from './view';

/** Puts one text in the place of the first of several sections or items, and takes the others out. */
export async function planMerge(anchors: readonly string[], text: string, view: BodyView): Promise<Plan | Refusal> {
  const nodes: OutlineNode[] = [];
  for (const anchor of anchors) {
    const node = findNode(anchor, view);
    if ('refused' in node) return node;
    if (nodes.includes(node)) return { refused: `${node.anchor} is named twice; name each part once` };
    nodes.push(node);
  }
  const items = nodes.filter((node): node is ItemNode => node.kind === 'item');
  if (items.length === nodes.length) return mergeItems(items, text, view);
  const sections = nodes.filter((node): node is SectionNode => node.kind === 'section' && node.depth > 0);
  if (sections.length === nodes.length) return mergeSections(sections, text, view);
  return { refused: 'only sections with sections, or items with items, can be merged' };
}

async function mergeItems(items: readonly ItemNode[], raw: string, view: BodyView): Promise<Plan | Refusal> {
  const [first, ...others] = items;
  if (first === undefined) return { refused: 'nothing to merge' };
  const read = await readItemText(raw, columnsOf(headLike(first, view)), view.eol);
  if ('refused' in read) return read;
  return {
    splices: [inItem(first, read.text), ...others.map((item) => removalOf(item, view))],
    within: items.flatMap((item) => sectionOf(item, view)),
  };
}

async function mergeSections(sections: readonly SectionNode[], raw: string, view: BodyView): Promise<Plan | Refusal> {
  const [first, ...others] = sections;
  if (first === undefined) return { refused: 'nothing to merge' };
  const inner = sections.find((one) => sections.some((two) => two.start < one.start && one.start < two.end));
  if (inner !== undefined) {
    return { refused: `${inner.anchor} is a part of another section to merge; use replace-section on that one` };
  }
  const read = await readWholeSection(raw, first, sections, view);
  if ('refused' in read) return read;
  const lost = sections.flatMap((section) => subsectionsOf(section, view));
  if (lost.length > 0 && read.subsections.length === 0) {
    return { refused: `the subsections ${lost.join(', ')} would be lost; bring them in the text, or move them first` };
  }
  return {
    splices: [
      replacement(first.start, first.end, read.text + gapBefore(first.end, first, view)),
      ...others.map(({ start, end }) => replacement(start, end, '')),
    ],
    within: [...sections],
    addsSections: [read.heading.slug],
  };
}

function subsectionsOf(section: SectionNode, view: BodyView): string[] {
  const inside = sectionsOf(view).filter(({ start }) => section.start < start && start < section.end);
  return inside.map(({ anchor }) => anchor);
}

/** Puts several sections or items in the place of one. */
export async function planSplit(anchor: string, texts: readonly string[], view: BodyView): Promise<Plan | Refusal> {
  const node = findNode(anchor, view);
  if ('refused' in node) return node;
  if (node.kind === 'item') return splitItem(node, texts, view);
  if (node.kind === 'section' && node.depth > 0) return splitSection(node, texts, view);
  return { refused: `only a section with a heading or an item can be split; ${node.anchor} is neither` };
}

async function splitItem(item: ItemNode, texts: readonly string[], view: BodyView): Promise<Plan | Refusal> {
  const head = headLike(item, view);
  const parts: string[] = [];
  for (const raw of texts) {
    const read = await readItemText(raw, columnsOf(head), view.eol);
    if ('refused' in read) return read;
    parts.push(read.text);
  }
  const gap = item.loose && nextInList(item, view) !== null ? view.eol + view.eol : view.eol;
  return { splices: [inItem(item, parts.join(gap + head))], within: sectionOf(item, view) };
}

async function splitSection(section: SectionNode, texts: readonly string[], view: BodyView): Promise<Plan | Refusal> {
  const parts: string[] = [];
  const slugs = new Set<string>();
  let withSubsections = false;
  for (const raw of texts) {
    const read = await readWholeSection(raw, section, [section], view);
    if ('refused' in read) return read;
    if (slugs.has(read.heading.slug)) {
      return { refused: `two of the texts are headed "${read.heading.title}"; give each part a title of its own` };
    }
    slugs.add(read.heading.slug);
    parts.push(read.text);
    withSubsections ||= read.subsections.length > 0;
  }
  const end = withSubsections ? section.end : section.ownEnd;
  const text = parts.join(view.eol + view.eol) + gapBefore(end, section, view);
  return { splices: [replacement(section.start, end, text)], within: [section], addsSections: [...slugs] };
}
