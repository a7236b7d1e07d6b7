import type { FileEntry } from '../../records/artifact';
import type { Edit } from '../../records/patch';
import { checkPackage } from '../../skill/check';
import { applyEdits } from '../../skill/edits';
import { checkInvariants } from '../../skill/invariants';
import { edit, head, skillFiles } from './skill-files';

const pointer = 'Read references/dates.md when a column mixes dates and text. Skip when every cell is a date.';
const body = `${head}
# Workbooks

## Dates

- ${pointer}
- look at each cell

## Pitfalls

- headers may be low
- ${pointer}
`;
const packed = (text: string, more: Record<string, string> = {}): FileEntry[] =>
  skillFiles({ 'SKILL.md': text, 'references/dates.md': '# Dates\n', ...more });

async function breaches(before: readonly FileEntry[], edits: readonly Edit[]) {
  const { files, applied, refused } = await applyEdits(before, edits);
  expect(refused).toEqual([]);
  return (await checkInvariants(before, files, { edits: applied, taskValues: [], guarded: 'flag' })).violations;
}
const checked = async (files: readonly FileEntry[]): Promise<string[]> =>
  (await checkPackage(files, 'sheets')).map(({ file, field }) => `${file} ${field}`);

describe('an orphan is blamed on the edit that took its pointer,', () => {
  const once = body.replace(`- headers may be low\n- ${pointer}\n`, '- headers may be low\n- rows may be hidden\n');
  const other = edit({ op: 'replace-item', anchor: 'pitfalls/1', text: 'headers may stand low' });

  it.each<[string, Edit]>([
    ['a deleted section', edit({ op: 'delete-section', anchor: 'dates' })],
    ['a rewritten section', edit({ op: 'replace-section', anchor: 'dates', text: 'Parse them.' })],
    ['a deleted item', edit({ op: 'delete-item', anchor: 'dates/1' })],
    ['a merged item', edit({ op: 'merge', anchors: ['dates/2', 'dates/1'], text: 'look at each cell' })],
    [
      'a pointer that no longer says when',
      edit({ op: 'replace-item', anchor: 'dates/1', text: 'See references/dates.md.' }),
    ],
  ])('not on another one of the patch: %s', async (_what, taker) => {
    const rewrite = edit({ op: 'edit-reference', path: 'references/dates.md', old: '# Dates', text: '# All dates' });
    const violations = await breaches(packed(once), [other, rewrite, taker]);
    expect(violations).toEqual([{ message: expect.stringContaining('references/dates.md'), edit: taker }]);
  });

  it('the last of those that took one each', async () => {
    const takers = ['pitfalls/2', 'dates/1'].map((anchor) => edit({ op: 'delete-item', anchor }));
    expect(await breaches(packed(body), takers)).toEqual([
      { message: expect.stringContaining('nothing points to references/dates.md'), edit: takers[1] },
    ]);
  });

  it('of a script, also where a reference named it', async () => {
    const scripts = { 'scripts/run.mjs': 'export {};\n', 'references/dates.md': 'Run scripts/run.mjs.\n' };
    const rewrite = edit({ op: 'write-reference', path: 'references/dates.md', text: '# Dates\n' });
    expect(await breaches(packed(body, scripts), [other, rewrite])).toEqual([
      { message: expect.stringContaining('nothing names scripts/run.mjs'), edit: rewrite },
    ]);
  });
});

describe('a patch and a check see the same pointers:', () => {
  const script = (text: string) => edit({ op: 'write-script', path: 'scripts/run.mjs', text });
  const named = edit({ op: 'insert-item', section: 'pitfalls', text: 'run scripts/run.mjs at the end' });

  it('a script may name a file that it makes', async () => {
    const edits = [script('// writes assets/out.txt\n'), named];
    expect(await breaches(packed(body), edits)).toEqual([]);
    expect(await checked((await applyEdits(packed(body), edits)).files)).toEqual([]);
  });

  it('a script is named by another one that loads it', async () => {
    const library = edit({ op: 'write-script', path: 'scripts/cells.mjs', text: 'export const a = 1;\n' });
    const edits = [library, script("import './cells.mjs';\n"), named];
    expect(await breaches(packed(body), edits)).toEqual([]);
    expect(await checked((await applyEdits(packed(body), edits)).files)).toEqual([]);
  });

  it.each([
    'See [it](gone.md).\n',
    'See [it](./gone.md#part "t").\n',
    '[it]: <gone.md>\n',
    'See references/gone.md.\n',
  ])('a reference must not point to what is not there: %j', async (text) => {
    const edits = [edit({ op: 'write-reference', path: 'references/dates.md', text })];
    expect(await breaches(packed(body), edits)).toEqual([
      { message: expect.stringContaining('references/dates.md points to references/gone.md'), edit: edits[0] },
    ]);
    expect(await checked((await applyEdits(packed(body), edits)).files)).toEqual(['references/dates.md pointer']);
  });

  it('code and the web are no pointers', async () => {
    const text =
      '```md\nSee [it](gone.md).\n```\n\n`[it](gone.md)`, [web](https://example.org/gone.md), [here](#gone.md)\n';
    expect(await checked(packed(body, { 'references/dates.md': text }))).toEqual([]);
  });
});
