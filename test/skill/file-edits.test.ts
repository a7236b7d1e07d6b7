import { applyEdits } from '../../skill/edits';
import { edit, sample, skillFiles, textIn } from './skill-files';

type Change = Parameters<typeof edit>[0];

const pointer = 'Read references/a.md when lost. Skip when not.';
const before = skillFiles({
  'SKILL.md': `${sample}\n${pointer}\n`,
  'references/a.md': 'one\r\ntwo\r\ntwo more\r\n',
  'references/b.md': 'See references/a.md, [a](a.md) or references/a.md.bak; not extra-references/a.md.\n',
  'scripts/run.mjs': '// references/a.md\n',
});

async function edited(...changes: Change[]) {
  const { files, refused } = await applyEdits(before, changes.map(edit));
  return { files, reasons: refused.map(({ reason }) => reason).join('\n') };
}

describe('an edit within a reference', () => {
  it('replaces text that stands there once, in the line ends of the file', async () => {
    const { files, reasons } = await edited(
      { op: 'edit-reference', path: 'references/a.md', old: 'one\ntwo\n', text: 'first\nsecond\n' },
      { op: 'edit-reference', path: 'references/a.md', old: ' more', text: '' },
    );
    expect(reasons).toBe('');
    expect(textIn(files, 'references/a.md')).toBe('first\r\nsecond\r\ntwo\r\n');
  });

  it.each<[Change, RegExp]>([
    [{ op: 'edit-reference', path: 'references/a.md', old: 'two', text: 'x' }, /stands 2 times in references\/a\.md/],
    [{ op: 'edit-reference', path: 'references/a.md', old: 'three', text: 'x' }, /does not stand in references\/a\.md/],
    [{ op: 'edit-reference', path: 'references/none.md', old: 'x', text: 'y' }, /no reference references\/none\.md/],
    [{ op: 'edit-script', path: 'references/a.md', old: 'one', text: 'y' }, /the scripts are: scripts\/run\.mjs/],
    [{ op: 'rename-reference', path: 'references/a.md', to: 'references/b.md' }, /references\/b\.md exists/],
  ])('refuses %j', async (change, reason) => {
    const { files, reasons } = await edited(change);
    expect(reasons).toMatch(reason);
    expect(files).toEqual(before);
  });
});

it('a renamed file is followed by what names it, and by nothing else', async () => {
  const { files } = await edited({ op: 'rename-reference', path: 'references/a.md', to: 'references/new.md' });
  expect(textIn(files)).toBe(`${sample}\n${pointer.replace('a.md', 'new.md')}\n`);
  expect(textIn(files, 'references/b.md')).toBe(
    'See references/new.md, [a](new.md) or references/a.md.bak; not extra-references/a.md.\n',
  );
  expect(textIn(files, 'scripts/run.mjs')).toBe('// references/new.md\n');
  expect(textIn(files, 'references/new.md')).toBe(textIn(before, 'references/a.md'));
});

it.each([
  ['[a](a.md "title")', '[a](new.md "title")'],
  ['[a](./a.md#part)', '[a](./new.md#part)'],
  ['[a]: a.md', '[a]: new.md'],
  ['[a]: <a.md> "title"', '[a]: <new.md> "title"'],
  ['![a]( ../references/a.md )', '![a]( ../references/new.md )'],
  ['[a](a.md.bak), [a](b/a.md), [a](../a.md)', '[a](a.md.bak), [a](b/a.md), [a](../a.md)'],
])('a link beside a renamed file follows it: %s', async (link, expected) => {
  const files = before.map((file) =>
    file.path === 'references/b.md' ? (skillFiles({ [file.path]: link })[0] ?? file) : file,
  );
  const result = await applyEdits(files, [
    edit({ op: 'rename-reference', path: 'references/a.md', to: 'references/new.md' }),
  ]);
  expect(textIn(result.files, 'references/b.md')).toBe(expected);
});

it('a link follows a file out of its folder, and one with a blank in its name', async () => {
  const files = skillFiles({
    'SKILL.md': `${sample}\nSee [notes](references/old/my%20notes.md).\n`,
    'references/old/b.md': 'See [notes](my%20notes.md) and [notes](<my notes.md>).\n',
    'references/old/my notes.md': 'Notes.\n',
  });
  const result = await applyEdits(files, [
    edit({ op: 'rename-reference', path: 'references/old/my notes.md', to: 'references/notes.md' }),
  ]);
  expect(textIn(result.files)).toBe(`${sample}\nSee [notes](references/notes.md).\n`);
  expect(textIn(result.files, 'references/old/b.md')).toBe('See [notes](../notes.md) and [notes](<../notes.md>).\n');
});

it('scripts are written, edited, renamed and deleted', async () => {
  const written = await edited(
    { op: 'write-script', path: 'scripts/new.py', text: 'print(1)' },
    { op: 'rename-script', path: 'scripts/run.mjs', to: 'scripts/go.mjs' },
  );
  expect([textIn(written.files, 'scripts/new.py'), textIn(written.files, 'scripts/go.mjs')]).toEqual([
    'print(1)\n',
    '// references/a.md\n',
  ]);
  const changed = await edited({ op: 'edit-script', path: 'scripts/run.mjs', old: '//', text: '/// see' });
  expect(textIn(changed.files, 'scripts/run.mjs')).toBe('/// see references/a.md\n');
  const { files } = await edited({ op: 'delete-script', path: 'scripts/run.mjs' });
  expect(textIn(files, 'scripts/run.mjs')).toBeUndefined();
});
