import type { FileEntry } from '../../records/artifact';
import type { Edit, FileEdit } from '../../records/patch';
import { slugOf, type BlockNode, type ItemNode, type OutlineNode, type SectionNode } from '../outline';
import type { Splice } from '../splices';

/** An edit that changes the body of SKILL.md. */
export type BodyEdit = Exclude<Edit, FileEdit | { op: 'set-description' }>;

/** The body that edits are planned on: as it was before the patch, whatever the edits before did. */
export interface BodyView {
  body: string;
  nodes: readonly OutlineNode[];
  eol: string;
  /** Items that accepted edits of the patch add at the end of a section's list, by section. */
  addedItems: ReadonlyMap<string, number>;
  /** Slugs of sections that accepted edits of the patch add. */
  addedSections: ReadonlySet<string>;
  /** The files as the patch's edits of whole files leave them. */
  files: readonly FileEntry[];
  /** Files that the patch deletes or renames. */
  gone: ReadonlySet<string>;
}

/** Text that leaves the body for the end of a reference. */
export interface Lifted {
  path: string;
  /** What a new reference is headed by. */
  title: string;
  /** Whether the title also heads the text in a reference that exists. */
  headed: boolean;
  text: string;
}

/** What an edit comes to. */
export interface Plan {
  splices: Splice[];
  /** Sections whose content it works on: they must not be replaced by another edit. */
  within: SectionNode[];
  lifted?: Lifted;
  /** Slugs of the sections that it adds. */
  addsSections?: readonly string[];
  /** The section at the end of whose list it adds an item. */
  addsItemTo?: string;
}

/** Why an edit can't be applied, for the model that proposed it. */
export interface Refusal {
  refused: string;
}

/** A splice that puts a text in the place of another, as it is. */
export function replacement(start: number, end: number, text: string): Splice {
  return { start, end, text, lead: 'none', blankAfter: false };
}

/** A splice that puts a text in at an offset, set apart by blank lines. */
export function insertion(start: number, text: string): Splice {
  return { start, end: start, text, lead: 'blank', blankAfter: true };
}

/** Offset at which the line of `offset` begins. */
export function lineStart(body: string, offset: number): number {
  return body.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset behind the line end that follows `offset`. */
export function afterLine(body: string, offset: number): number {
  const end = body.indexOf('\n', offset);
  return end === -1 ? body.length : end + 1;
}

/** A text without the blank lines at its end. */
export function withoutTrail(text: string): string {
  return text.replace(/(?:\r?\n[ \t]*)+$/, '');
}

export function sectionsOf({ nodes }: Pick<BodyView, 'nodes'>): SectionNode[] {
  return nodes.filter((node): node is SectionNode => node.kind === 'section');
}

export function itemsOf({ nodes }: BodyView, section: SectionNode): ItemNode[] {
  return nodes.filter((node): node is ItemNode => node.kind === 'item' && node.section === section.anchor);
}

export function sectionOf(node: ItemNode | BlockNode, view: BodyView): SectionNode[] {
  return sectionsOf(view).filter(({ anchor }) => anchor === node.section);
}

/** The section that an anchor (or a heading as written) names. */
export function findSection(anchor: string, view: BodyView): SectionNode | Refusal {
  const sections = sectionsOf(view);
  const found =
    sections.find((section) => section.anchor === anchor) ??
    sections.find((section) => section.anchor === slugOf(anchor));
  if (found !== undefined) return found;
  const known = sections.map((section) => section.anchor).join(', ');
  return { refused: `there is no section "${anchor}"; the sections are: ${known === '' ? 'none' : known}` };
}

export function findItem(anchor: string, view: BodyView): ItemNode | Refusal {
  const found = view.nodes.find((node): node is ItemNode => node.kind === 'item' && node.anchor === anchor);
  if (found !== undefined) return found;
  const section = sectionsOf(view).find((node) => node.anchor === anchor.split('/')[0]);
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

/** The paragraph or code block that an anchor names. */
export function findBlock(anchor: string, view: BodyView): BlockNode | Refusal {
  const isBlock = (node: OutlineNode): node is BlockNode => node.kind === 'paragraph' || node.kind === 'code';
  const blocks = view.nodes.filter(isBlock);
  const found = blocks.find((block) => block.anchor === anchor);
  if (found !== undefined) return found;
  const near = blocks.filter(({ section }) => section === anchor.split('/')[0]).map((block) => block.anchor);
  const known = near.length > 0 ? `; the section has ${near.join(', ')}` : '';
  return {
    refused: `there is no paragraph or code block "${anchor}"; they are named <section>/p1 and <section>/code1${known}`,
  };
}

/** Whatever part of the body an anchor names. */
export function findNode(anchor: string, view: BodyView): OutlineNode | Refusal {
  const found = view.nodes.find((node) => node.anchor === anchor);
  if (found !== undefined) return found;
  if (/\/(?:p|code)\d+$/.test(anchor)) return findBlock(anchor, view);
  return /\/\d+$/.test(anchor) ? findItem(anchor, view) : findSection(anchor, view);
}
