import type { Edit } from '../../records/patch';
import { unclosed } from '../edit-text';
import { decodeText, encodeText, lineEnd } from '../frontmatter';
import type { SectionNode } from '../outline';
import { nestingLimits, nestingOf } from '../markdown';
import { pointerTo } from '../pointers';
import { inBlock } from './blocks';
import { inItem, itemContent } from './items';
import {
  findNode,
  replacement,
  sectionOf,
  withoutTrail,
  type BodyView,
  type Lifted,
  type Plan,
  type Refusal,
} from './view';

/** Takes a part out of the body for a reference, and leaves a pointer to it. A section keeps its heading. */
export async function planLift(
  { anchor, path, when, skip }: Extract<Edit, { op: 'lift-to-reference' }>,
  view: BodyView,
): Promise<Plan | Refusal> {
  const node = findNode(anchor, view);
  if ('refused' in node) return node;
  const pointer = pointerTo(path, when, skip);
  if (typeof pointer !== 'string') return pointer;
  const problem = await unfit(path, view);
  if (problem !== null) return { refused: problem };
  const title = titleOf(path);
  switch (node.kind) {
    case 'section':
      return liftSection(node, path, pointer, view);
    case 'item': {
      const lifted: Lifted = { path, title, headed: false, text: itemContent(node, view) };
      return { splices: [inItem(node, pointer)], within: sectionOf(node, view), lifted };
    }
    case 'paragraph':
    case 'code': {
      const lifted: Lifted = { path, title, headed: false, text: view.body.slice(node.start, node.end) };
      return { splices: [inBlock(node, pointer, 'paragraph', view)], within: sectionOf(node, view), lifted };
    }
    default:
      return node satisfies never;
  }
}

function liftSection(section: SectionNode, path: string, pointer: string, view: BodyView): Plan | Refusal {
  const raw = view.body.slice(section.headingEnd, section.end);
  const lead = /^[ \t]*(?:\r?\n[ \t]*(?=\r?\n|$))*(?:\r?\n)?/.exec(raw)?.[0].length ?? 0;
  const text = withoutTrail(raw.slice(lead));
  if (text.trim() === '') return { refused: `there is no text below the heading of ${section.anchor} to lift` };
  const start = section.headingEnd + lead;
  return {
    splices: [replacement(start, start + text.length, pointer)],
    within: [section],
    lifted: { path, title: section.title || titleOf(path), headed: true, text },
  };
}

/** Why a text can't be put at the end of a reference, or null. */
async function unfit(path: string, { files, gone }: BodyView): Promise<string | null> {
  if (gone.has(path)) return `another edit of this patch deletes or renames ${path}; lift to another file`;
  const file = files.find((entry) => entry.path === path);
  if (file === undefined) return null;
  const text = decodeText(file.bytes);
  if (text === null) return `${path} is not text in UTF-8; lift to another file`;
  if (nestingOf(text) > nestingLimits.body)
    return `${path} has lists or quotes too deep to be read; lift to another file`;
  const open = await unclosed(text);
  return open === null ? null : `in ${path} ${open}; mend that first`;
}

/** The bytes of a reference with a lifted text at its end; `file` undefined: a new one. */
export function withLifted(bytes: Uint8Array | undefined, { title, headed, text }: Lifted, eol: string): Uint8Array {
  const before = bytes === undefined ? '' : (decodeText(bytes) ?? '');
  const end = before === '' ? eol : lineEnd(before);
  const inLineEnds = text.replace(/\r?\n/g, end);
  if (before === '') return encodeText(`# ${title}${end}${end}${inLineEnds}${end}`);
  const gap = before.endsWith('\n') ? end : end + end;
  return encodeText(`${before}${gap}${headed ? `## ${title}${end}${end}` : ''}${inLineEnds}${end}`);
}

/** A title from a file's name: `references/mixed-dates.md` → `Mixed dates`. */
function titleOf(path: string): string {
  const words = path
    .replace(/^.*\/|\.md$/g, '')
    .replace(/-+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
