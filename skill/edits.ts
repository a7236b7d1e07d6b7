import type { FileEntry } from '../records/artifact';
import { isFileEdit, textsOf, type Edit, type FileEdit, type RefusedEdit } from '../records/patch';
import { setDescription } from './description';
import { editBody } from './edit-body';
import { changeFile, putFile, renameFile } from './edit-files';
import { withLifted } from './edit-plans/lift';
import type { BodyEdit } from './edit-plans/view';
import { SkillError } from './finding';
import { decodeText, encodeText, findFrontmatter, lineEnd } from './frontmatter';
import { nestingLimits, nestingOf } from './markdown';
import { undoOf, type Undo } from './undo';

/** What became of a list of edits: the package with those applied, the others with a reason the model can act on. */
export interface EditResult {
  files: FileEntry[];
  applied: Edit[];
  refused: RefusedEdit[];
  /** What `undoEdits` needs to make the package as given out of `files`. */
  undo: Undo;
}

/**
 * Applies edits to a package, each on its own: a refused one does not hold back the others. All anchors are those of
 * the package as given, so their order hardly matters: of two edits that change the same part the first is applied.
 * Files are written, edited and deleted first, then the body is edited, lifted texts go to their references, and
 * renames come last, so that what names a file follows. What no edit names stays byte-identical, with its line ends and
 * byte-order mark.
 *
 * @throws SkillError when the package has no SKILL.md with a frontmatter, in UTF-8.
 */
export async function applyEdits(files: readonly FileEntry[], patch: readonly Edit[]): Promise<EditResult> {
  const { text, bodyStart } = skillText(files);
  const eol = lineEnd(text);
  const reasons = new Map<Edit, string>();
  for (const edit of patch) {
    const levels = Math.max(0, ...textsOf(edit).map(nestingOf));
    if (levels > nestingLimits.edit) reasons.set(edit, `lists or quotes lie ${levels} levels deep; flatten them`);
  }
  const edits = patch.filter((edit) => !reasons.has(edit));
  const head = describe(text.slice(0, bodyStart), edits, reasons);
  const changed = changeFiles(files, edits.filter(isFileEdit), reasons);
  const bodyEdits = edits.filter((edit): edit is BodyEdit => edit.op !== 'set-description' && !isFileEdit(edit));
  const view = { body: text.slice(bodyStart), eol, files: changed.files, gone: changed.gone };
  const body = await editBody(bodyEdits, view, patch, reasons);
  let result = changed.files;
  const gap = body.text === '' || head.endsWith('\n') ? '' : eol;
  const next = head + gap + body.text;
  if (next !== text) result = putFile(result, 'SKILL.md', encodeText(next));
  for (const lifted of body.lifted) {
    const bytes = result.find(({ path }) => path === lifted.path)?.bytes;
    result = putFile(result, lifted.path, withLifted(bytes, lifted, eol));
  }
  for (const { path, to } of changed.renames) result = renameFile(result, path, to);
  return {
    files: result,
    applied: patch.filter((edit) => !reasons.has(edit)),
    refused: patch.flatMap((edit) => {
      const reason = reasons.get(edit);
      return reason === undefined ? [] : [{ edit, reason }];
    }),
    undo: undoOf(files, result),
  };
}

/** The head of a SKILL.md, its frontmatter, with the first description that can be set. */
function describe(head: string, edits: readonly Edit[], reasons: Map<Edit, string>): string {
  let described: string | null = null;
  for (const edit of edits) {
    if (edit.op !== 'set-description') continue;
    const set: { text: string } | { refused: string } =
      described === null
        ? setDescription(head, edit.text)
        : { refused: 'an earlier edit of this patch sets the description already' };
    if ('refused' in set) reasons.set(edit, set.refused);
    else described = set.text;
  }
  return described ?? head;
}

function changeFiles(
  files: readonly FileEntry[],
  edits: readonly FileEdit[],
  reasons: Map<Edit, string>,
): { files: FileEntry[]; gone: Set<string>; renames: { path: string; to: string }[] } {
  let result = [...files];
  const touched = new Map<string, FileEdit>();
  const gone = new Set<string>();
  const renames: { path: string; to: string }[] = [];
  for (const edit of edits) {
    const paths = 'to' in edit ? [edit.path, edit.to] : [edit.path];
    const isSecond = paths.find((path) => {
      const earlier = touched.get(path);
      return earlier !== undefined && !('old' in edit && 'old' in earlier);
    });
    const changed =
      isSecond === undefined
        ? changeFile(result, edit)
        : { refused: `an earlier edit of this patch changes ${isSecond} already; combine them` };
    if ('refused' in changed) {
      reasons.set(edit, changed.refused);
      continue;
    }
    result = changed.files;
    for (const path of paths) touched.set(path, edit);
    if ('to' in edit) renames.push(edit);
    if (!('text' in edit)) for (const path of paths) gone.add(path);
  }
  return { files: result, gone, renames };
}

function skillText(files: readonly FileEntry[]): { text: string; bodyStart: number } {
  const file = files.find(({ path }) => path === 'SKILL.md');
  const text = file === undefined ? null : decodeText(file.bytes);
  const range = text === null ? null : findFrontmatter(text);
  if (text !== null && range !== null && typeof range !== 'string') return { text, bodyStart: range.bodyStart };
  const problem = file === undefined ? 'missing' : text === null ? 'not valid UTF-8' : 'no frontmatter';
  throw new SkillError('skill package', [
    {
      severity: 'fatal',
      file: 'SKILL.md',
      field: 'file',
      problem,
      fix: 'edits need a SKILL.md with name and description',
    },
  ]);
}
