import type { Edit } from '../../records/patch';
import { applyEdits } from '../../skill/edits';
import { movedAnchors } from '../../skill/moved-anchors';
import { edit, sample, skillFiles } from './skill-files';

const before = skillFiles({ 'SKILL.md': sample, 'references/dates.md': '# Dates\n\nParse them.\n\nCheck the type.\n' });

async function movedBy(...edits: Edit[]): Promise<Record<string, string | null>> {
  const { files, refused } = await applyEdits(before, edits);
  expect(refused).toEqual([]);
  return Object.fromEntries(await movedAnchors(before, files, edits));
}
const pitfalls = '* dates may be text\n* headers may be low\n  and long\n\nClosing words.';

it('finds nothing moved where sections only change what they say', async () => {
  expect(await movedBy(edit({ op: 'replace-item', anchor: 'planning/1', text: 'look at every sheet' }))).toEqual({});
});

it('follows a section to its new heading, by its text or by the edit that wrote another', async () => {
  expect(
    await movedBy(edit({ op: 'replace-section', anchor: 'common-pitfalls', text: `## Traps\n\n${pitfalls}` })),
  ).toEqual({
    'common-pitfalls': 'traps',
  });
  expect(await movedBy(edit({ op: 'replace-section', anchor: 'planning', text: '## First\n\n- read it all' }))).toEqual(
    {
      planning: 'first',
    },
  );
});

it('follows a section that was merged into another, or lifted to a reference', async () => {
  const gone = edit({ op: 'delete-section', anchor: 'rare-ones' });
  const merged = ['merged cells', 'hidden rows'].map((text) => edit({ op: 'insert-item', section: 'planning', text }));
  expect(await movedBy(gone, ...merged)).toEqual({ 'rare-ones': 'planning' });
  const lifted = edit({
    op: 'write-reference',
    path: 'references/rare.md',
    text: '# Rare\n\n- merged cells\n- hidden rows\n',
  });
  expect(await movedBy(gone, lifted)).toEqual({ 'rare-ones': 'references/rare.md' });
});

it('follows sections that were merged or split with words of their own', async () => {
  const flat = edit({ op: 'delete-section', anchor: 'rare-ones' });
  const merge = edit({ op: 'merge', anchors: ['planning', 'rare-ones'], text: '## Before all\n\n- read it all' });
  expect(await movedBy(merge)).toEqual({ planning: 'before-all', 'rare-ones': 'before-all' });
  const split = edit({ op: 'split', anchor: 'planning', texts: ['## Look\n\n- at all', '## Say\n\n- what changes'] });
  expect(await movedBy(flat, split)).toEqual({ planning: 'look', 'rare-ones': null });
});

it('leaves a place that keeps its heading above a pointer', async () => {
  const lift = edit({
    ...{ op: 'lift-to-reference', anchor: 'rare-ones', path: 'references/rare.md' },
    ...{ when: 'cells are merged', skip: 'none is' },
  });
  expect(await movedBy(lift)).toEqual({});
});

it('follows a reference to its new name', async () => {
  const renamed = edit({
    op: 'write-reference',
    path: 'references/days.md',
    text: '# Days\n\nParse them.\n\nCheck the type.\n',
  });
  expect(await movedBy(edit({ op: 'delete-reference', path: 'references/dates.md' }), renamed)).toEqual({
    'references/dates.md': 'references/days.md',
  });
});

it('knows no place any more for what is gone', async () => {
  expect(await movedBy(edit({ op: 'delete-section', anchor: 'rare-ones' }))).toEqual({ 'rare-ones': null });
});
