import { applyEdits } from '../../skill/edits';
import { outline } from '../../skill/outline';
import { edit, head, sample, skillFiles, textIn } from './skill-files';

async function after(text: string, ...changes: Parameters<typeof edit>[0][]): Promise<string | undefined> {
  const { files, refused } = await applyEdits(skillFiles({ 'SKILL.md': text }), changes.map(edit));
  expect(refused).toEqual([]);
  return textIn(files);
}

async function reason(text: string, ...changes: Parameters<typeof edit>[0][]): Promise<string> {
  const { refused } = await applyEdits(skillFiles({ 'SKILL.md': text }), changes.map(edit));
  return refused.map((one) => one.reason).join('\n');
}

describe('items', () => {
  it('are inserted at the end of the section, in the marker of its list', async () => {
    const text = await after(
      sample,
      { op: 'insert-item', section: 'common-pitfalls', text: 'numbers may be text' },
      { op: 'insert-item', section: 'common-pitfalls', text: '- totals may be formulas\nso recalculate' },
      { op: 'insert-item', section: 'rare-ones', text: 'locale' },
      { op: 'insert-item', section: 'rare-ones', text: 'charts' },
    );
    expect(text).toBe(
      sample
        .replace('  and long\n', '  and long\n* numbers may be text\n* totals may be formulas\n  so recalculate\n')
        .replace('2. hidden rows\n', '2. hidden rows\n3. locale\n4. charts\n'),
    );
  });

  it('begin a list where the section has none', async () => {
    const text = await after(
      sample,
      { op: 'insert-item', section: 'workbooks', text: 'one' },
      { op: 'insert-item', section: 'workbooks', text: 'two' },
    );
    expect(text).toBe(sample.replace('Read first.\n', 'Read first.\n\n- one\n- two\n'));
  });

  it('are replaced and deleted by their number before the patch', async () => {
    const text = await after(
      sample,
      { op: 'delete-item', anchor: 'common-pitfalls/1' },
      { op: 'replace-item', anchor: 'common-pitfalls/2', text: 'find the header row\n\nand say which' },
      { op: 'insert-item', section: 'planning', text: 'verify' },
      { op: 'delete-item', anchor: 'planning/2' },
      { op: 'delete-item', anchor: 'rare-ones/1' },
      { op: 'delete-item', anchor: 'rare-ones/2' },
    );
    expect(text).toBe(
      sample
        .replace('* dates may be text\n', '')
        .replace('headers may be low\n  and long', 'find the header row\n\n  and say which')
        .replace('- state the change', '- verify')
        .replace('1. merged cells\n2. hidden rows\n', ''),
    );
  });

  it('keep loose lists loose', async () => {
    const loose = `${head}## A\n\n- one\n\n- two\n\n## B\n`;
    expect(await after(loose, { op: 'insert-item', section: 'a', text: 'three' })).toBe(
      loose.replace('- two\n', '- two\n\n- three\n'),
    );
  });
});

describe('sections', () => {
  const dates = '## Dates\n\nParse them.\n\n```js\n# no heading\n```';

  it('are inserted after the anchored one with its subsections, or at the end', async () => {
    expect(await after(sample, { op: 'insert-section', after: 'planning', text: dates })).toBe(
      sample.replace('## Common Pitfalls', `${dates}\n\n## Common Pitfalls`),
    );
    expect(await after(sample, { op: 'insert-section', after: 'common-pitfalls', text: dates })).toBe(
      `${sample}\n${dates}\n`,
    );
    expect(
      await after(
        sample,
        { op: 'insert-section', after: null, text: dates },
        { op: 'insert-section', after: null, text: '## Times\n\nThem too.\n' },
      ),
    ).toBe(`${sample}\n${dates}\n\n## Times\n\nThem too.\n`);
  });

  it('go first when they come after the title', async () => {
    expect(await after(sample, { op: 'insert-section', after: 'workbooks', text: dates })).toBe(
      sample.replace('## Planning', `${dates}\n\n## Planning`),
    );
  });

  it('are replaced without their subsections, unless the text brings its own', async () => {
    const text = '## Common Pitfalls\n\nNone left.';
    const own = sample.slice(sample.indexOf('## Common'), sample.indexOf('### Rare'));
    expect(await after(sample, { op: 'replace-section', anchor: 'common-pitfalls', text })).toBe(
      sample.replace(own, `${text}\n\n`),
    );
    expect(
      await after(sample, { op: 'replace-section', anchor: 'common-pitfalls', text: `${text}\n\n### New\n\nx` }),
    ).toBe(`${sample.slice(0, sample.indexOf('## Common'))}${text}\n\n### New\n\nx\n`);
    expect(await after(sample, { op: 'replace-section', anchor: '## Planning', text: 'Think.' })).toBe(
      sample.replace('- look at the sheet\n- state the change', 'Think.'),
    );
  });

  it('are deleted with their subsections', async () => {
    expect(await after(sample, { op: 'delete-section', anchor: 'common-pitfalls' })).toBe(
      sample.slice(0, sample.indexOf('## Common')),
    );
  });
});

describe('the description', () => {
  it.each([
    ['plain', 'description: old words # why', 'description: New words. # why'],
    ['quoted', 'description: "old: words"', 'description: New words.'],
    ['folded', 'description: >-\n  old\n  words', 'description: New words.'],
    ['missing', 'license: MIT', 'license: MIT\ndescription: New words.'],
    ['empty', 'description:', 'description: New words.'],
  ])('is set in place where it was %s', async (_, line, expected) => {
    const file = (field: string) => `---\nname: sheets\n${field}\nmetadata:\n  a: "1"\n---\n\nBody\n`;
    const text = await after(file(line), { op: 'set-description', text: 'New  words.\n' });
    expect(text).toBe(
      line === 'license: MIT'
        ? `---\nname: sheets\nlicense: MIT\nmetadata:\n  a: "1"\ndescription: New words.\n---\n\nBody\n`
        : file(expected),
    );
  });

  it('is quoted where YAML would read it otherwise', async () => {
    const text = await after(sample, { op: 'set-description', text: 'Use when: a "date" is text # really' });
    expect(text).toContain('description: "Use when: a \\"date\\" is text # really"\n');
  });
});

describe('references', () => {
  it('are created, replaced and deleted whole', async () => {
    const files = skillFiles({ 'SKILL.md': sample, 'references/a.md': 'old\n', 'references/b.md': 'b\n' });
    const result = await applyEdits(files, [
      edit({ op: 'write-reference', path: 'references/c.md', text: 'new' }),
      edit({ op: 'write-reference', path: 'references/a.md', text: 'changed\n' }),
      edit({ op: 'delete-reference', path: 'references/b.md' }),
      edit({ op: 'delete-reference', path: 'SKILL.md' }),
    ]);
    expect(result.files.map(({ path }) => path)).toEqual(['SKILL.md', 'references/a.md', 'references/c.md']);
    expect([textIn(result.files, 'references/a.md'), textIn(result.files, 'references/c.md')]).toEqual([
      'changed\n',
      'new\n',
    ]);
    expect(result.refused.map((one) => one.reason)).toEqual([
      'there is no reference SKILL.md; the references are: references/a.md, references/c.md',
    ]);
  });
});

it.each([
  [{ op: 'replace-section', anchor: 'dates', text: 'x' }, /no section "dates"; the sections are: workbooks, planning/],
  [{ op: 'replace-item', anchor: 'planning/3', text: 'x' }, /planning has the items planning\/1 to planning\/2/],
  [{ op: 'delete-item', anchor: 'nowhere/1' }, /no such section/],
  [
    { op: 'replace-section', anchor: 'planning', text: '# Planning\n\nx' },
    /level 1, the section's of level 2; begin with ##/,
  ],
  [{ op: 'insert-section', after: null, text: 'No heading.' }, /has no heading/],
  [
    { op: 'insert-section', after: null, text: '## Planning\n\nAgain.' },
    /"Planning" \(planning\) exists; use replace-section/,
  ],
  [{ op: 'insert-section', after: null, text: '## A\n\nx\n\n## B\n\ny' }, /second section "B"/],
  [{ op: 'insert-section', after: null, text: '# Other title' }, /has its title already/],
  [{ op: 'insert-section', after: 'planning', text: '## Code\n\n```js\nopen();' }, /code fence is not closed/],
  [{ op: 'insert-item', section: 'planning', text: '<!-- open' }, /HTML block is not closed/],
  [{ op: 'insert-item', section: 'planning', text: ' \n' }, /blank/],
  [{ op: 'replace-item', anchor: 'planning/1', text: 'look at the sheet' }, /changes nothing/],
  [{ op: 'set-description', text: 'Edits workbooks as asked.' }, /already says exactly this/],
] as [Parameters<typeof edit>[0], RegExp][])(
  'refuses %j with a reason that a model can act on',
  async (change, expected) => {
    expect(await reason(sample, change)).toMatch(expected);
  },
);

it('applies the first of two edits that change the same part, and names it to the second', async () => {
  const { applied, refused } = await applyEdits(skillFiles({ 'SKILL.md': sample }), [
    edit({ op: 'replace-item', anchor: 'planning/1', text: 'first' }),
    edit({ op: 'delete-section', anchor: 'planning' }),
    edit({ op: 'insert-item', section: 'planning', text: 'still fine' }),
  ]);
  expect(applied.map(({ op }) => op)).toEqual(['replace-item', 'insert-item']);
  expect(refused[0]?.reason).toMatch(/edit 1 of this patch \(replace-item\) changes the same part/);
});

it('adds no item to a section that the same patch replaces', async () => {
  const reasons = await reason(
    sample,
    { op: 'insert-item', section: 'planning', text: 'x' },
    { op: 'replace-section', anchor: 'planning', text: 'All new.' },
  );
  expect(reasons).toMatch(/edit 1 of this patch \(insert-item\)/);
});

it('keeps line ends, byte-order mark and missing final newline of what it does not edit', async () => {
  const windows = `\uFEFF${sample.replace(/\n/g, '\r\n').trimEnd()}`;
  const text = await after(
    windows,
    { op: 'insert-item', section: 'planning', text: 'a\nb' },
    { op: 'set-description', text: 'Other.' },
  );
  expect(text).toBe(
    windows
      .replace('- state the change\r\n', '- state the change\r\n- a\r\n  b\r\n')
      .replace('Edits workbooks as asked.', 'Other.'),
  );
});

describe('in a list with tabs, or with an item that is empty', () => {
  const code = 'do it:\n\n```js\nrun();\n```';
  const tabbed = `${head}## A\n\n1.\tone\n\tand more\n2.\ttwo\n\n## B\n\n- x\n-\n`;

  it.each<[string, Parameters<typeof edit>[0], string]>([
    ['replaced', { op: 'replace-item', anchor: 'a/1', text: code }, 'a/1'],
    ['inserted', { op: 'insert-item', section: 'a', text: code }, 'a/3'],
    ['merged', { op: 'merge', anchors: ['a/1', 'a/2'], text: code }, 'a/1'],
    ['split', { op: 'split', anchor: 'a/2', texts: [code, 'then stop'] }, 'a/2'],
    ['replaced where nothing stood', { op: 'replace-item', anchor: 'b/2', text: code }, 'b/2'],
  ])('code stays within an item that is %s', async (_how, change, anchor) => {
    const text = (await after(tabbed, change)) ?? '';
    const body = text.slice(head.length);
    const nodes = await outline(body);
    expect(nodes.filter(({ kind }) => kind === 'code')).toEqual([]);
    const item = nodes.find((node) => node.anchor === anchor);
    expect(body.slice(item?.start, item?.end)).toMatch(/do it:[^]*run\(\);[^]*```/);
  });

  it('an item that is moved leaves its indentation there', async () => {
    const text = await after(tabbed, { op: 'move', anchor: 'a/1', where: 'start', to: 'b' });
    expect(text).toBe(`${head}## A\n\n2.\ttwo\n\n## B\n\n- one\n  and more\n- x\n-\n`);
  });
});
