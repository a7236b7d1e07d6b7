import type { FileEntry } from '../records/artifact';
import { textsOf, type Edit } from '../records/patch';
import { decodeText } from './frontmatter';
import { saidLines } from './markdown';
import { outline, type SectionNode } from './outline';
import { parseSkill } from './parse';

/** A section of the body or a reference, with its text as lines to be told by. */
interface Place {
  anchor: string;
  lines: Set<string>;
}

/** A place that holds at least this share of a lost one's lines has taken over from it. */
const leastShare = 0.5;

/**
 * Places of a skill (slugs of sections, paths of references) that a version no longer has, each with the place that has
 * taken over: where most of its text stands now, or what an edit has put in its stead; null where nothing has.
 *
 * @param edits that made `after` of `before`.
 */
export async function movedAnchors(
  before: readonly FileEntry[],
  after: readonly FileEntry[],
  edits: readonly Edit[],
): Promise<Map<string, string | null>> {
  const old = await placesOf(before);
  const now = await placesOf(after);
  const there = new Set(now.map(({ anchor }) => anchor));
  const known = new Set(old.map(({ anchor }) => anchor));
  const moved = new Map<string, string | null>();
  for (const lost of old.filter(({ anchor }) => !there.has(anchor))) {
    let best: { anchor: string; share: number; isNew: boolean } | null = null;
    for (const { anchor, lines } of now) {
      const share = [...lost.lines].filter((line) => lines.has(line)).length / Math.max(1, lost.lines.size);
      const isNew = !known.has(anchor);
      const ahead = best === null || share > best.share || (share === best.share && isNew && !best.isNew);
      if (share >= leastShare && ahead) best = { anchor, share, isNew };
    }
    moved.set(lost.anchor, best?.anchor ?? (await replacement(lost.anchor, edits, there)));
  }
  return moved;
}

/** The section that a rewrite, a merge or a split has put in a section's stead. */
async function replacement(lost: string, edits: readonly Edit[], there: ReadonlySet<string>): Promise<string | null> {
  for (const edit of edits) {
    if (!anchorsOf(edit).includes(lost)) continue;
    const first = (await outline(textsOf(edit)[0] ?? '')).find(({ kind }) => kind === 'section')?.anchor;
    const place = [first, ...anchorsOf(edit)].find((anchor) => anchor !== undefined && there.has(anchor));
    if (place !== undefined) return place;
  }
  return null;
}

/** The parts that an edit puts other text in the stead of. */
function anchorsOf(edit: Edit): string[] {
  if (edit.op === 'merge') return edit.anchors;
  return edit.op === 'replace-section' || edit.op === 'split' ? [edit.anchor] : [];
}

async function placesOf(files: readonly FileEntry[]): Promise<Place[]> {
  const { body } = parseSkill(files, undefined, 'lenient');
  const sections = (await outline(body)).filter((node): node is SectionNode => node.kind === 'section');
  const places = sections.map(({ anchor, headingEnd, ownEnd, end }): Place => {
    const own = new Set(saidLines(body.slice(headingEnd, ownEnd)));
    return { anchor, lines: own.size > 0 ? own : new Set(saidLines(body.slice(headingEnd, end))) };
  });
  for (const { path, bytes } of files) {
    const text = path.startsWith('references/') ? decodeText(bytes) : null;
    if (text !== null) places.push({ anchor: path, lines: new Set(saidLines(text)) });
  }
  return places;
}
