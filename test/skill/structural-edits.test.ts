import { applyEdits } from '../../skill/edits';
import { edit, head, sample, skillFiles, textIn } from './skill-files';

type Change = Parameters<typeof edit>[0];

async function result(text: string, changes: Change[], others: Record<string, string> = {}) {
  const { files, refused } = await applyEdits(skillFiles({ 'SKILL.md': text, ...others }), changes.map(edit));
  return { text: textIn(files), files, reasons: refused.map(({ reason }) => reason) };
}

async function after(text: string, ...changes: Change[]): Promise<string | undefined> {
  const { text: next, reasons } = await result(text, changes);
  expect(reasons).toEqual([]);
  return next;
}

const code = '```js\nconst rows = [];\n# no heading\n---\n```';
const blocks = `${head}
## Reading

First words.
- one
- two

${code}

Last words.

## Writing

Save.
`;

describe('paragraphs and code blocks', () => {
  it('are inserted beside another one, or at the start or end of a section', async () => {
    expect(await after(blocks, { op: 'insert-block', where: 'after', to: 'reading/p1', text: 'New.' })).toBe(
      blocks.replace('First words.\n', 'First words.\n\nNew.\n\n'),
    );
    expect(await after(blocks, { op: 'insert-block', where: 'before', to: 'reading/code1', text: code })).toBe(
      blocks.replace(code, `${code}\n\n${code}`),
    );
    expect(await after(blocks, { op: 'insert-block', where: 'start', to: 'reading', text: 'New.' })).toBe(
      blocks.replace('First words.', 'New.\n\nFirst words.'),
    );
    expect(await after(blocks, { op: 'insert-block', where: 'end', to: 'reading', text: 'New.' })).toBe(
      blocks.replace('Last words.', 'Last words.\n\nNew.'),
    );
  });

  it('are replaced and deleted by their number in the section', async () => {
    const text = await after(
      blocks,
      { op: 'replace-block', anchor: 'reading/p2', text: 'Other words.' },
      { op: 'delete-block', anchor: 'reading/code1' },
      { op: 'delete-block', anchor: 'writing/p1' },
    );
    expect(text).toBe(
      blocks.replace('Last words.', 'Other words.').replace(`${code}\n\n`, '').replace('\nSave.\n', '\n'),
    );
  });

  it('do not run together when what stood between them goes', async () => {
    const tight = `${head}Before.\n\`\`\`\nx\n\`\`\`\nBehind.\n`;
    expect(await after(tight, { op: 'delete-block', anchor: 'preamble/code1' })).toBe(`${head}Before.\n\nBehind.\n`);
    expect(await after(tight, { op: 'replace-block', anchor: 'preamble/code1', text: 'Words.' })).toBe(
      `${head}Before.\n\nWords.\n\nBehind.\n`,
    );
  });
});

describe('a move', () => {
  it('takes a section with its subsections beside another one', async () => {
    const pitfalls = sample.slice(sample.indexOf('## Common'));
    expect(await after(sample, { op: 'move', anchor: 'common-pitfalls', where: 'before', to: 'planning' })).toBe(
      `${sample.replace(pitfalls, '').replace('## Planning', `${pitfalls}\n## Planning`)}`,
    );
    expect(await after(sample, { op: 'move', anchor: 'rare-ones', where: 'after', to: 'planning' })).toBe(
      sample
        .replace('### Rare ones\n\n1. merged cells\n2. hidden rows\n', '')
        .replace('## Common', '### Rare ones\n\n1. merged cells\n2. hidden rows\n\n## Common'),
    );
  });

  it('takes an item into another list, in the marker and indentation of that one', async () => {
    expect(await after(sample, { op: 'move', anchor: 'common-pitfalls/2', where: 'before', to: 'rare-ones/2' })).toBe(
      sample
        .replace('* headers may be low\n  and long\n', '')
        .replace('2. hidden', '2. headers may be low\n   and long\n2. hidden'),
    );
    expect(await after(sample, { op: 'move', anchor: 'planning/2', where: 'start', to: 'planning' })).toBe(
      sample.replace('- look at the sheet\n- state the change\n', '- state the change\n- look at the sheet\n'),
    );
    expect(await after(sample, { op: 'move', anchor: 'planning/1', where: 'end', to: 'workbooks' })).toBe(
      sample.replace('- look at the sheet\n', '').replace('Read first.\n', 'Read first.\n\n- look at the sheet\n'),
    );
  });

  it('takes a paragraph or code block as it is', async () => {
    expect(await after(blocks, { op: 'move', anchor: 'reading/code1', where: 'end', to: 'writing' })).toBe(
      `${blocks.replace(`${code}\n\n`, '')}\n${code}\n`,
    );
  });
});

describe('merge and split', () => {
  it('make one item of several, and several of one', async () => {
    expect(
      await after(sample, { op: 'merge', anchors: ['planning/2', 'common-pitfalls/1'], text: 'state what\nand where' }),
    ).toBe(sample.replace('- state the change', '- state what\n  and where').replace('* dates may be text\n', ''));
    expect(await after(sample, { op: 'split', anchor: 'rare-ones/1', texts: ['merged rows', 'merged columns'] })).toBe(
      sample.replace('1. merged cells', '1. merged rows\n1. merged columns'),
    );
  });

  it('make one section of several, and several of one that keep its subsections', async () => {
    const both = '## Planning and saving\n\nAll of it.\n\n### Rare ones\n\nStill.';
    expect(await after(sample, { op: 'merge', anchors: ['planning', 'common-pitfalls'], text: both })).toBe(
      `${sample.slice(0, sample.indexOf('## Planning'))}${both}\n\n`,
    );
    const texts = ['## Dates\n\nOne.', '## Headers\n\nTwo.'];
    const own = sample.slice(sample.indexOf('## Common'), sample.indexOf('### Rare'));
    expect(await after(sample, { op: 'split', anchor: 'common-pitfalls', texts })).toBe(
      sample.replace(own, `${texts.join('\n\n')}\n\n`),
    );
  });
});

describe('a lift', () => {
  const conditions = { path: 'references/dates.md', when: 'when a column is mixed.', skip: 'it is not' };
  const pointer = 'Read references/dates.md when a column is mixed. Skip when it is not.';

  it('leaves the heading of a section with a pointer, and makes a reference of what was below', async () => {
    const { text, files } = await result(sample, [
      { op: 'lift-to-reference', anchor: 'common-pitfalls', ...conditions },
    ]);
    const below = sample.slice(sample.indexOf('* dates'));
    expect(text).toBe(sample.replace(below, `${pointer}\n`));
    expect(textIn(files, 'references/dates.md')).toBe(`# Common Pitfalls\n\n${below}`);
  });

  it('puts items, paragraphs and code blocks behind what a reference says, in its line ends', async () => {
    const { text, files } = await result(
      blocks,
      [
        { op: 'lift-to-reference', anchor: 'reading/2', ...conditions },
        { op: 'lift-to-reference', anchor: 'reading/code1', ...conditions },
      ],
      { 'references/dates.md': '# Dates\r\n\r\nKnown' },
    );
    expect(text).toBe(blocks.replace('- two', `- ${pointer}`).replace(code, pointer));
    expect(textIn(files, 'references/dates.md')).toBe(
      `# Dates\r\n\r\nKnown\r\n\r\ntwo\r\n\r\n${code.replace(/\n/g, '\r\n')}\r\n`,
    );
  });
});

it.each<[Change, RegExp]>([
  [{ op: 'insert-block', where: 'after', to: 'planning', text: 'x' }, /"to", or a section with where: start or end/],
  [{ op: 'insert-block', where: 'start', to: 'planning', text: '- x' }, /a list; use insert-item/],
  [{ op: 'insert-block', where: 'start', to: 'planning', text: 'x\n\ny' }, /one paragraph or code block, got 2/],
  [{ op: 'replace-block', anchor: 'planning/p1', text: 'x' }, /no paragraph or code block "planning\/p1"/],
  [{ op: 'delete-block', anchor: 'common-pitfalls/p4' }, /the section has common-pitfalls\/p1/],
  [{ op: 'move', anchor: 'planning', where: 'after', to: 'workbooks' }, /stands there already/],
  [{ op: 'move', anchor: 'workbooks', where: 'after', to: 'planning' }, /can't be moved into itself/],
  [{ op: 'move', anchor: 'planning', where: 'end', to: 'workbooks' }, /before or after another section/],
  [{ op: 'move', anchor: 'planning/1', where: 'after', to: 'rare-ones' }, /like rare-ones\/1/],
  [{ op: 'move', anchor: 'planning/9', where: 'after', to: 'rare-ones/1' }, /items planning\/1 to planning\/2/],
  [{ op: 'insert-section', after: 'workbooks', text: '# Other' }, /title already/],
  [{ op: 'merge', anchors: ['planning', 'rare-ones/1'], text: 'x' }, /sections with sections, or items with items/],
  [{ op: 'merge', anchors: ['planning', 'common-pitfalls'], text: '## P\n\nx' }, /rare-ones would be lost/],
  [{ op: 'merge', anchors: ['planning/1', 'planning/1'], text: 'x' }, /named twice/],
  [{ op: 'split', anchor: 'planning', texts: ['## A\n\nx', '### B\n\ny'] }, /level 3, the section's of level 2/],
  [
    { op: 'lift-to-reference', anchor: 'planning', path: 'references/x.md', when: 'when', skip: 'y' },
    /must both say something/,
  ],
])('refuses %j with a reason that a model can act on', async (change, expected) => {
  const { reasons, text } = await result(sample, [change]);
  expect(reasons.join()).toMatch(expected);
  expect(text).toBe(sample);
});

it('refuses a place where a section would take in the one that follows', async () => {
  const deep = `${head}# T\n\n### A\n\nx\n\n### B\n\ny\n`;
  const { reasons } = await result(deep, [{ op: 'insert-section', after: 'a', text: '## New\n\nz' }]);
  expect(reasons.join()).toMatch(/the section b of level 3 would become a part of it/);
});

describe('where a section has two lists', () => {
  const lists = `${head}## A\n\n1. one\n2. two\n\nThen:\n\n- three\n\n## B\n\n- four\n`;

  it('an item that goes behind the last one of the first stays in it', async () => {
    expect(await after(lists, { op: 'move', anchor: 'b/1', where: 'after', to: 'a/2' })).toBe(
      `${head}## A\n\n1. one\n2. two\n3. four\n\nThen:\n\n- three\n\n## B\n\n`,
    );
    expect(await after(lists, { op: 'move', anchor: 'b/1', where: 'end', to: 'a' })).toBe(
      `${head}## A\n\n1. one\n2. two\n\nThen:\n\n- three\n- four\n\n## B\n\n`,
    );
  });
});

it('a section takes no title that another one has, or gets in the same patch', async () => {
  const titled = `${head}## A\n\nOne.\n\n## B\n\nTwo.\n`;
  const asB: Change = { op: 'replace-section', anchor: 'a', text: '## B\n\nOne.' };
  expect((await result(titled, [asB])).reasons).toEqual([expect.stringMatching(/"B" \(b\) exists/)]);
  const asC: Change = { ...asB, text: '## C\n\nOne.' };
  const newC: Change = { op: 'insert-section', after: null, text: '## C\n\nThree.' };
  expect((await result(titled, [asC, newC])).reasons).toEqual([expect.stringMatching(/"C" \(c\) exists/)]);
  expect(await after(titled, { ...asB, text: '## A\n\nNew.' })).toBe(titled.replace('One.', 'New.'));
});
