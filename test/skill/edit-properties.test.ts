import * as fc from 'fast-check';
import type { FileEntry } from '../../records/artifact';
import type { Edit } from '../../records/patch';
import { checkPackage } from '../../skill/check';
import { applyEdits } from '../../skill/edits';
import { checkInvariants } from '../../skill/invariants';
import { outline } from '../../skill/outline';
import { parseSkill } from '../../skill/parse';
import { undoEdits } from '../../skill/undo';
import { choices, editFrom, randomPackage, type Choice } from './random-packages';
import { textIn } from './skill-files';

const runs = { numRuns: 80 };

const editsFrom = (files: readonly FileEntry[], patch: Choice[]): Promise<Edit[]> =>
  Promise.all(patch.map((choice) => editFrom(files, choice)));

/** Calls `look` with each patch of a random sequence, each applied to what the one before made. */
async function throughPatches(
  files: FileEntry[],
  patches: Choice[][],
  look: (before: FileEntry[], edits: Edit[], result: Awaited<ReturnType<typeof applyEdits>>) => unknown,
): Promise<void> {
  let current = files;
  for (const patch of patches) {
    const edits = await editsFrom(current, patch);
    const result = await applyEdits(current, edits);
    await look(current, edits, result);
    current = result.files;
  }
}

/** Whether an edit names a part so that its text may go. */
function mayLose(edit: Edit): string[] {
  switch (edit.op) {
    case 'replace-section':
    case 'delete-section':
    case 'replace-item':
    case 'delete-item':
    case 'replace-block':
    case 'delete-block':
    case 'split':
      return [edit.anchor];
    case 'merge':
      return edit.anchors;
    default:
      return [];
  }
}

/** The words of a line without the marker of an item, which a move may change. */
const bare = (line: string): string => line.trim().replace(/^(?:[-*+]|\d+[.)])\s+/, '');

/** The lines of the body that none of the edits may lose. */
async function mustStay(files: readonly FileEntry[], edits: readonly Edit[]): Promise<string[]> {
  const { body } = parseSkill(files, undefined, 'lenient');
  const named = new Set(edits.flatMap(mayLose));
  const spans = (await outline(body)).filter(({ anchor }) => named.has(anchor));
  const lines: string[] = [];
  let at = 0;
  for (const line of body.split('\n')) {
    const first = at + Math.max(0, line.search(/\S/));
    if (!spans.some(({ start, end }) => start <= first && first < end)) lines.push(bare(line));
    at += line.length + 1;
  }
  return lines.filter((line) => line !== '');
}

describe('random sequences of edits', () => {
  it('apply or refuse each edit with a reason, and leave a package that loads', () =>
    fc.assert(
      fc.asyncProperty(randomPackage, choices, (files, patches) =>
        throughPatches(files, patches, (_before, edits, { files: next, applied, refused }) => {
          expect([...applied, ...refused.map((one) => one.edit)].length).toBe(edits.length);
          for (const { reason } of refused) expect(reason).toMatch(/\w+ \w+/);
          parseSkill(next, 'sheets', 'strict');
        }),
      ),
      runs,
    ));

  it('never lose text that they do not name', () =>
    fc.assert(
      fc.asyncProperty(randomPackage, choices, (files, patches) =>
        throughPatches(files, patches, async (before, _edits, { files: next, applied }) => {
          const gone = applied.flatMap((edit) => (edit.op === 'delete-reference' ? [edit.path] : []));
          const renamed = applied.some(({ op }) => op.startsWith('rename-'));
          const texts = next.filter(({ path }) => path.endsWith('.md')).map(({ path }) => textIn(next, path) ?? '');
          const left = texts.flatMap((text) => text.split('\n').map(bare));
          for (const line of await mustStay(before, applied)) {
            if (renamed && line.includes('references/')) continue;
            const at = left.indexOf(line);
            expect(at === -1 ? `lost: ${line} by ${JSON.stringify(applied)}` : line).toBe(line);
            left.splice(at, 1);
          }
          for (const { path, bytes, mode } of before) {
            const touched = applied.some((edit) => 'path' in edit && edit.path === path) || path === 'SKILL.md';
            if (touched || renamed || gone.includes(path)) continue;
            expect(next.find((file) => file.path === path)).toEqual({ path, mode, bytes });
          }
        }),
      ),
      runs,
    ));

  it('can be undone one by one, byte for byte', () =>
    fc.assert(
      fc.asyncProperty(randomPackage, choices, async (files, patches) => {
        const history: Awaited<ReturnType<typeof applyEdits>>[] = [];
        await throughPatches(files, patches, (before, _edits, result) => {
          expect(undoEdits(result.files, result.undo)).toEqual(before);
          history.push(result);
        });
        const last = history.at(-1)?.files ?? files;
        const first = history.reverse().reduce<FileEntry[]>((now, { undo }) => undoEdits(now, undo), last);
        expect(first).toEqual(files);
      }),
      runs,
    ));

  it('keep the invariants that held, once those that break one are left out', () =>
    fc.assert(
      fc.asyncProperty(randomPackage, choices, async (files, patches) => {
        const holding = async (before: FileEntry[], edits: readonly Edit[]): Promise<FileEntry[]> => {
          const result = await applyEdits(before, edits);
          const { violations } = await checkInvariants(before, result.files, {
            edits: result.applied,
            taskValues: [],
            guarded: 'flag',
          });
          if (violations.length === 0) return result.files;
          const blamed = violations.flatMap(({ edit }) => edit ?? []);
          return holding(before, blamed.length === 0 ? [] : result.applied.filter((edit) => !blamed.includes(edit)));
        };
        const breaches = async (packed: FileEntry[]): Promise<Record<string, number>> => {
          const counts: Record<string, number> = {};
          for (const { field } of await checkPackage(packed, 'sheets')) counts[field] = (counts[field] ?? 0) + 1;
          return counts;
        };
        let current = files;
        for (const patch of patches) {
          const next = await holding(current, await editsFrom(current, patch));
          const [were, are] = [await breaches(current), await breaches(next)];
          // An orphan that gets named by a reference alone is still no better than before.
          const grown = Object.keys(are).filter((field) => field !== 'depth' && (are[field] ?? 0) > (were[field] ?? 0));
          expect(grown).toEqual([]);
          current = next;
        }
      }),
      runs,
    ));
});
