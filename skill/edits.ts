import type { FileEntry } from '../records/artifact';
import type { Edit, RefusedEdit } from '../records/patch';
import { setDescription } from './description';
import { planEdit, type BodyEdit, type BodyView, type Plan } from './edit-plan';
import { SkillError } from './finding';
import { decodeText, encodeText, findFrontmatter, lineEnd } from './frontmatter';
import { outline, type SectionNode } from './outline';
import { sortFiles } from './package';
import { applySplices, structureChange, type Splice } from './splices';

/** What became of a list of edits: the package with those applied, the others with a reason the model can act on. */
export interface EditResult {
  files: FileEntry[];
  applied: Edit[];
  refused: RefusedEdit[];
}

interface Planned {
  edit: BodyEdit;
  splice: Splice;
  section: SectionNode | null;
}

/**
 * Applies edits to a package, each on its own: a refused one does not hold back the others. All anchors are those of
 * the package as given, so their order hardly matters: of two edits that change the same part the first is applied.
 * What no edit names stays byte-identical, with its line ends and byte-order mark.
 *
 * @throws SkillError when the package has no SKILL.md with a frontmatter, in UTF-8.
 */
export async function applyEdits(files: readonly FileEntry[], edits: readonly Edit[]): Promise<EditResult> {
  const text = skillText(files);
  const applied = new Set<Edit>();
  const reasons = new Map<Edit, string>();
  const bodyEdits: BodyEdit[] = [];
  let result = [...files];
  let withDescription = text;
  const touched = new Set<string>();
  for (const edit of edits) {
    if (edit.op === 'set-description') {
      const set = touched.has(edit.op)
        ? { refused: 'an earlier edit of this patch sets the description already' }
        : setDescription(text, edit.text);
      if ('refused' in set) reasons.set(edit, set.refused);
      else withDescription = set.text;
    } else if (edit.op === 'write-reference' || edit.op === 'delete-reference') {
      const changed = touched.has(edit.path)
        ? { refused: `an earlier edit of this patch changes ${edit.path} already; combine them` }
        : changeReference(result, edit);
      if ('refused' in changed) reasons.set(edit, changed.refused);
      else result = changed.files;
    } else {
      bodyEdits.push(edit);
      continue;
    }
    if (reasons.has(edit)) continue;
    applied.add(edit);
    touched.add('path' in edit ? edit.path : edit.op);
  }
  const body = await editBody(text, bodyEdits, edits, reasons);
  for (const edit of body.applied) applied.add(edit);
  const { bodyStart } = frontmatter(withDescription);
  const head = withDescription.slice(0, bodyStart);
  const gap = body.text === '' || head.endsWith('\n') ? '' : lineEnd(text);
  const next = head + gap + body.text;
  return {
    files: next === text ? result : putFile(result, 'SKILL.md', encodeText(next)),
    applied: edits.filter((edit) => applied.has(edit)),
    refused: edits.flatMap((edit) => (applied.has(edit) ? [] : [{ edit, reason: reasons.get(edit) ?? 'not applied' }])),
  };
}

async function editBody(
  text: string,
  edits: readonly BodyEdit[],
  patch: readonly Edit[],
  reasons: Map<Edit, string>,
): Promise<{ text: string; applied: BodyEdit[] }> {
  const body = text.slice(frontmatter(text).bodyStart);
  if (edits.length === 0) return { text: body, applied: [] };
  const eol = lineEnd(text);
  const nodes = await outline(body);
  const view: BodyView = { body, nodes, eol, addedItems: new Map(), addedSections: new Set() };
  const planned: Planned[] = [];
  for (const edit of edits) {
    const plan: Plan = await planEdit(edit, view);
    const reason =
      'refused' in plan ? plan.refused : (conflict({ edit, ...plan }, planned, patch) ?? idle(plan.splice, body));
    if (reason !== null) reasons.set(edit, reason);
    else if (!('refused' in plan)) planned.push({ edit, ...plan });
  }
  const render = async (chosen: readonly Planned[]): Promise<{ text: string; change: string | null }> => {
    const spliced = applySplices(
      body,
      chosen.map(({ splice }) => splice),
      eol,
      true,
    );
    return { text: spliced.text, change: structureChange(nodes, await outline(spliced.text), spliced) };
  };
  const whole = await render(planned);
  if (whole.change === null) return { text: whole.text, applied: planned.map(({ edit }) => edit) };
  // One of them disturbs its surroundings: add them one by one to find which.
  let kept: Planned[] = [];
  let best = body;
  for (const plan of planned) {
    const attempt = await render([...kept, plan]);
    if (attempt.change === null) {
      kept = [...kept, plan];
      best = attempt.text;
    } else reasons.set(plan.edit, `${attempt.change}; write the text so that it stands on its own`);
  }
  return { text: best, applied: kept.map(({ edit }) => edit) };
}

function conflict(next: Planned, earlier: readonly Planned[], patch: readonly Edit[]): string | null {
  const other = earlier.find((plan) => {
    const a = plan.splice;
    const b = next.splice;
    const overlap = a.start < b.end && b.start < a.end;
    const takesList = (one: Planned, two: Planned): boolean =>
      (one.edit.op === 'replace-section' || one.edit.op === 'delete-section') &&
      two.section !== null &&
      one.splice.start <= two.section.start &&
      two.section.start < one.splice.end;
    return overlap || takesList(plan, next) || takesList(next, plan);
  });
  if (other === undefined) return null;
  return `edit ${patch.indexOf(other.edit) + 1} of this patch (${other.edit.op}) changes the same part already; combine them into one edit`;
}

function idle(splice: Splice, body: string): string | null {
  return body.slice(splice.start, splice.end) === splice.text
    ? 'it changes nothing: the skill says exactly this already'
    : null;
}

function changeReference(
  files: readonly FileEntry[],
  edit: Extract<Edit, { op: 'write-reference' | 'delete-reference' }>,
): { files: FileEntry[] } | { refused: string } {
  const known = files.map(({ path }) => path).filter((path) => path.startsWith('references/'));
  const existing = files.find(({ path }) => path === edit.path);
  if (edit.op === 'delete-reference') {
    if (existing !== undefined && known.includes(edit.path))
      return { files: files.filter((file) => file !== existing) };
    return { refused: `there is no reference ${edit.path}; the references are: ${known.join(', ') || 'none'}` };
  }
  if (edit.text.trim() === '') return { refused: 'the text is blank; to remove a file use delete-reference' };
  const bytes = encodeText(edit.text.endsWith('\n') ? edit.text : `${edit.text}\n`);
  if (existing !== undefined && decodeText(existing.bytes) === decodeText(bytes)) {
    return { refused: `it changes nothing: ${edit.path} says exactly this already` };
  }
  return { files: putFile(files, edit.path, bytes) };
}

function putFile(files: readonly FileEntry[], path: string, bytes: Uint8Array): FileEntry[] {
  const mode = files.find((file) => file.path === path)?.mode ?? 0o644;
  return sortFiles([...files.filter((file) => file.path !== path), { path, mode, bytes }]);
}

function skillText(files: readonly FileEntry[]): string {
  const file = files.find(({ path }) => path === 'SKILL.md');
  const text = file === undefined ? null : decodeText(file.bytes);
  if (text !== null && typeof findFrontmatter(text) !== 'string') return text;
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

function frontmatter(text: string): { bodyStart: number } {
  const range = findFrontmatter(text);
  return { bodyStart: typeof range === 'string' ? 0 : range.bodyStart };
}
