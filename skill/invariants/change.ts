import type { FileEntry } from '../../records/artifact';
import type { Edit } from '../../records/patch';
import { decodeText } from '../frontmatter';
import { parseSkill } from '../parse';

/** A breach of an invariant, with the edit to blame where a single one is. */
export interface Violation {
  message: string;
  edit?: Edit;
}

/** A package as invariants look at it. */
export interface Opened {
  files: readonly FileEntry[];
  description: string;
  body: string;
}

/** What a patch makes of a package. */
export interface Change {
  old: Opened;
  next: Opened;
  edits: readonly Edit[];
}

/** Opens a package that can be loaded at all; throws SkillError where it can't. */
export function openPackage(files: readonly FileEntry[]): Opened {
  const { description, body } = parseSkill(files, undefined, 'lenient');
  return { files, description, body };
}

export function violation(message: string, edit: Edit | undefined): Violation {
  return edit === undefined ? { message } : { message, edit };
}

/** The texts of a package's third layer by path; what isn't text is left out. */
export function thirdLayer({ files }: Pick<Opened, 'files'>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { path, bytes } of files) {
    const text = path === 'SKILL.md' ? null : decodeText(bytes);
    if (text !== null && !text.includes('\0')) texts.set(path, text);
  }
  return texts;
}

/** The name that a file had before the patch. */
export function formerPath(path: string, edits: readonly Edit[]): string {
  for (const edit of edits) if ('path' in edit && 'to' in edit && edit.to === path) return edit.path;
  return path;
}

/** The edit that works on a file of the third layer, by the name it has after or before the patch. */
export function editOfFile(path: string, edits: readonly Edit[]): Edit | undefined {
  return edits.find((edit) => 'path' in edit && (edit.path === path || ('to' in edit && edit.to === path)));
}
