import type { Edit } from '../records/patch';
import { readItemText, readSectionText } from './edit-text';
import { slugOf, type ItemNode, type OutlineNode, type SectionNode } from './outline';
import type { Splice } from './splices';

export type BodyEdit = Exclude<Edit, { op: 'set-description' | 'write-reference' | 'delete-reference' }>;

/** The body that edits are planned on: as it was before the patch, whatever the edits before did. */
export interface BodyView {
  body: string;
  nodes: readonly OutlineNode[];
  eol: string;
  /** Items that earlier edits of the patch add, by section. */
  addedItems: Map<string, number>;
  /** Slugs of sections that earlier edits of the patch add. */
  addedSections: Set<string>;
}

export type Plan = { splice: Splice; section: SectionNode | null } | { refused: string };

/** Turns one edit into a splice of the body, or says why it can't be. `section`: the one whose list it works on. */
export async function planEdit(edit: BodyEdit, view: BodyView): Promise<Plan> {
  switch (edit.op) {
    case 'insert-section':
      return insertSection(edit.after, edit.text, view);
    case 'replace-section':
      return replaceSection(edit.anchor, edit.text, view);
    case 'delete-section': {
      const section = findSection(edit.anchor, view);
      if ('refused' in section) return section;
      return plan({ ...exact, start: section.start, end: section.end }, null);
    }
    case 'insert-item':
      return insertItem(edit.section, edit.text, view);
    case 'replace-item': {
      const item = findItem(edit.anchor, view);
      if ('refused' in item) return item;
      const read = await readItemText(edit.text, item.contentStart - lineStart(view.body, item.start), view.eol);
      if ('refused' in read) return read;
      const gap = item.contentStart - item.start > item.marker.length ? '' : ' ';
      const splice = { ...exact, start: item.contentStart, end: item.end, text: gap + read.text };
      return plan(splice, sectionOf(item, view));
    }
    case 'delete-item': {
      const item = findItem(edit.anchor, view);
      if ('refused' in item) return item;
      const next = view.nodes[view.nodes.indexOf(item) + 1];
      const joined = next?.kind === 'item' && view.body.slice(item.end, next.start).trim() === '';
      const end = joined ? lineStart(view.body, next.start) : afterLine(view.body, item.end);
      return plan({ ...exact, start: lineStart(view.body, item.start), end }, sectionOf(item, view));
    }
    default:
      return edit satisfies never;
  }
}

const exact: Splice = { start: 0, end: 0, text: '', lead: 'none', blankAfter: false };

function plan(splice: Splice, section: SectionNode | null): Plan {
  return { splice, section };
}

async function insertSection(after: string | null, raw: string, view: BodyView): Promise<Plan> {
  const read = await readSectionText(raw, view.eol);
  if ('refused' in read) return read;
  if (read.heading === null) return { refused: 'the text has no heading; begin it with a line like "## Title"' };
  const { depth, slug, title } = read.heading;
  const taken = view.nodes.some(({ anchor }) => anchor === slug) || view.addedSections.has(slug);
  if (taken) {
    return {
      refused: `a section "${title}" (${slug}) exists; use replace-section or insert-item on it, or another title`,
    };
  }
  if (depth === 1 && view.nodes.some((node) => node.kind === 'section' && node.depth === 1)) {
    return { refused: 'the body has its title already; use a heading of level 2 or deeper' };
  }
  const at = (start: number): Plan => {
    view.addedSections.add(slug);
    return plan({ start, end: start, text: read.text, lead: 'blank', blankAfter: true }, null);
  };
  if (after === null) return at(view.body.length);
  if (after === 'preamble' && !view.nodes.some(({ anchor }) => anchor === after))
    return at(view.nodes[0]?.start ?? view.body.length);
  const section = findSection(after, view);
  if ('refused' in section) return section;
  // A deeper heading opens the anchored section's first subsection: so a title can be followed by a new first section.
  return at(depth > section.depth ? section.ownEnd : section.end);
}

async function replaceSection(anchor: string, raw: string, view: BodyView): Promise<Plan> {
  const section = findSection(anchor, view);
  if ('refused' in section) return section;
  const read = await readSectionText(raw, view.eol);
  if ('refused' in read) return read;
  if (read.heading !== null && read.heading.depth !== section.depth) {
    return section.depth === 0
      ? { refused: 'the preamble has no heading; leave the heading line out' }
      : {
          refused: `the heading is of level ${read.heading.depth}, the section's of level ${section.depth}; begin with ${'#'.repeat(section.depth)}`,
        };
  }
  const { body, eol } = view;
  const end = read.subsections.length > 0 ? section.end : section.ownEnd;
  const heading =
    section.depth > 0 && read.heading === null ? body.slice(section.start, section.headingEnd) + eol + eol : '';
  const gap = /\s*$/.exec(body.slice(section.start, end))?.[0] ?? '';
  return plan({ ...exact, start: section.start, end, text: heading + read.text + gap }, section);
}

async function insertItem(anchor: string, raw: string, view: BodyView): Promise<Plan> {
  const section = findSection(anchor, view);
  if ('refused' in section) return section;
  const { body, eol } = view;
  const items = view.nodes.filter((node): node is ItemNode => node.kind === 'item' && node.section === section.anchor);
  const last = items.at(-1);
  const added = view.addedItems.get(section.anchor) ?? 0;
  const first = last === undefined && added === 0;
  const indent = last === undefined ? '' : body.slice(lineStart(body, last.start), last.start);
  const space = last === undefined ? ' ' : body.slice(last.start + last.marker.length, last.contentStart) || ' ';
  const head = indent + nextMarker(items, added) + space;
  const read = await readItemText(raw, head.length, eol);
  if ('refused' in read) return read;
  view.addedItems.set(section.anchor, added + 1);
  const start = last === undefined ? section.ownEnd : afterLine(body, last.end);
  const lead = first || last?.loose === true ? 'blank' : 'line';
  return plan({ start, end: start, text: head + read.text, lead, blankAfter: true }, section);
}

function nextMarker(items: readonly ItemNode[], added: number): string {
  const last = items.at(-1);
  const number = last === undefined ? null : /^(\d+)([.)])$/.exec(last.marker);
  if (last === undefined || number === null) return last?.marker ?? '-';
  const repeated = items.length > 1 && items.at(-2)?.marker === last.marker;
  return `${Number(number[1]) + (repeated ? 0 : added + 1)}${number[2]}`;
}

function findSection(anchor: string, { nodes }: BodyView): SectionNode | { refused: string } {
  const sections = nodes.filter((node): node is SectionNode => node.kind === 'section');
  const found =
    sections.find((section) => section.anchor === anchor) ??
    sections.find((section) => section.anchor === slugOf(anchor));
  if (found !== undefined) return found;
  const known = sections.map((section) => section.anchor).join(', ');
  return { refused: `there is no section "${anchor}"; the sections are: ${known === '' ? 'none' : known}` };
}

function findItem(anchor: string, { nodes }: BodyView): ItemNode | { refused: string } {
  const found = nodes.find((node): node is ItemNode => node.kind === 'item' && node.anchor === anchor);
  if (found !== undefined) return found;
  const section = nodes.find(
    (node): node is SectionNode => node.kind === 'section' && node.anchor === anchor.split('/')[0],
  );
  if (section === undefined) {
    return {
      refused: `there is no item "${anchor}"; items are named <section>/<number>, and there is no such section`,
    };
  }
  return section.items === 0
    ? { refused: `the section ${section.anchor} has no list items; use insert-item or replace-section` }
    : {
        refused: `there is no item "${anchor}"; ${section.anchor} has the items ${section.anchor}/1 to ${section.anchor}/${section.items}`,
      };
}

function sectionOf(item: ItemNode, { nodes }: BodyView): SectionNode | null {
  return nodes.find((node): node is SectionNode => node.kind === 'section' && node.anchor === item.section) ?? null;
}

function lineStart(body: string, offset: number): number {
  return body.lastIndexOf('\n', offset - 1) + 1;
}

function afterLine(body: string, offset: number): number {
  const end = body.indexOf('\n', offset);
  return end === -1 ? body.length : end + 1;
}
