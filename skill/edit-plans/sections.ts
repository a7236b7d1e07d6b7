import { readSectionText, type SectionText } from '../edit-text';
import type { SectionNode } from '../outline';
import { findSection, insertion, replacement, sectionsOf, type BodyView, type Plan, type Refusal } from './view';

/** A new section after another; a deeper one opens that section's first subsection. */
export async function insertSection(after: string | null, raw: string, view: BodyView): Promise<Plan | Refusal> {
  const read = await readSectionText(raw, view.eol);
  if ('refused' in read) return read;
  if (read.heading === null) return { refused: 'the text has no heading; begin it with a line like "## Title"' };
  const { depth, slug } = read.heading;
  const taken = takenTitle(read.heading, view, []);
  if (taken !== null) return taken;
  if (depth === 1 && sectionsOf(view).some((section) => section.depth === 1)) {
    return { refused: 'the body has its title already; use a heading of level 2 or deeper' };
  }
  const at = placeAfter(after, depth, view);
  if (typeof at !== 'number') return at;
  const adopted = adoption(at, depth, view);
  if (adopted !== null) return adopted;
  return { splices: [insertion(at, read.text)], within: [], addsSections: [slug] };
}

function placeAfter(after: string | null, depth: number, view: BodyView): number | Refusal {
  if (after === null) return view.body.length;
  if (after === 'preamble' && !view.nodes.some(({ anchor }) => anchor === after)) {
    return view.nodes[0]?.start ?? view.body.length;
  }
  const section = findSection(after, view);
  if ('refused' in section) return section;
  // A deeper heading opens the anchored section's first subsection: so a title can be followed by a new first section.
  return depth > section.depth ? section.ownEnd : section.end;
}

/** Replaces a section's own part, and its subsections where the text brings its own. */
export async function replaceSection(anchor: string, raw: string, view: BodyView): Promise<Plan | Refusal> {
  const section = findSection(anchor, view);
  if ('refused' in section) return section;
  const read = await readSectionText(raw, view.eol);
  if ('refused' in read) return read;
  const { heading: renamed } = read;
  if (renamed !== null && renamed.depth !== section.depth) return wrongLevel(renamed.depth, section);
  const taken = renamed === null ? null : takenTitle(renamed, view, [section]);
  if (taken !== null) return taken;
  const { body, eol } = view;
  const end = read.subsections.length > 0 ? section.end : section.ownEnd;
  const heading =
    section.depth > 0 && renamed === null ? body.slice(section.start, section.headingEnd) + eol + eol : '';
  const text = heading + read.text + gapBefore(end, section, view);
  const plan = { splices: [replacement(section.start, end, text)], within: [section] };
  return renamed === null ? plan : { ...plan, addsSections: [renamed.slug] };
}

/** Removes a section with its subsections. */
export function deleteSection(anchor: string, view: BodyView): Plan | Refusal {
  const section = findSection(anchor, view);
  return 'refused' in section ? section : { splices: [replacement(section.start, section.end, '')], within: [] };
}

/** Moves a section with its subsections beside another one. */
export function moveSection(
  section: SectionNode,
  where: 'before' | 'after',
  to: SectionNode,
  view: BodyView,
): Relocation | Refusal {
  if (section.depth === 0) return { refused: 'the text before the first heading stays first; move its paragraphs' };
  if (to.depth === 0 && where === 'before') {
    return { refused: 'the text before the first heading stays first; move the section after it' };
  }
  if (section.start <= to.start && to.start < section.end) {
    return { refused: `${section.anchor} can't be moved into itself; name a section outside of it` };
  }
  const after = section.depth > to.depth ? to.ownEnd : to.end;
  const at = where === 'before' ? to.start : after;
  if (at === section.start || at === section.end) return { refused: `${section.anchor} stands there already` };
  const adopted = adoption(at, section.depth, view);
  return adopted ?? { at, start: section.start, end: section.end };
}

/** Where a text goes, and the stretch that it leaves. */
export interface Relocation {
  at: number;
  start: number;
  end: number;
}

/** Refuses a section that would make what follows it its own subsection. */
function adoption(at: number, depth: number, view: BodyView): Refusal | null {
  const next = sectionsOf(view).find((section) => section.start >= at);
  if (next === undefined || next.depth <= depth) return null;
  return {
    refused: `there, the section ${next.anchor} of level ${next.depth} would become a part of it; choose another place or a heading of level ${next.depth}`,
  };
}

/** Refuses a heading that names a section which exists, but for those in `instead`. */
export function takenTitle(
  { slug, title }: { slug: string; title: string },
  view: BodyView,
  instead: readonly SectionNode[],
): Refusal | null {
  const isTaken =
    view.addedSections.has(slug) ||
    sectionsOf(view).some((section) => section.anchor === slug && !instead.includes(section));
  if (!isTaken) return null;
  return {
    refused: `a section "${title}" (${slug}) exists; use replace-section or insert-item on it, or another title`,
  };
}

export function wrongLevel(depth: number, section: SectionNode): Refusal {
  if (section.depth === 0) return { refused: 'the preamble has no heading; leave the heading line out' };
  return {
    refused: `the heading is of level ${depth}, the section's of level ${section.depth}; begin with ${'#'.repeat(section.depth)}`,
  };
}

/** The blank lines before `end` that stay when what is before them is replaced. */
export function gapBefore(end: number, section: SectionNode, { body }: BodyView): string {
  return /\s*$/.exec(body.slice(section.start, end))?.[0] ?? '';
}

/** Reads a text that must be a whole section of the given level, in the place of others. */
export async function readWholeSection(
  raw: string,
  like: SectionNode,
  instead: readonly SectionNode[],
  view: BodyView,
): Promise<(SectionText & { heading: NonNullable<SectionText['heading']> }) | Refusal> {
  const read = await readSectionText(raw, view.eol);
  if ('refused' in read) return read;
  const { heading } = read;
  if (heading === null)
    return { refused: `the text has no heading; begin it with ${'#'.repeat(like.depth)} and a title` };
  if (heading.depth !== like.depth) return wrongLevel(heading.depth, like);
  return takenTitle(heading, view, instead) ?? { ...read, heading };
}
