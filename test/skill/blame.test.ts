import type { FileEntry } from '../../records/artifact';
import type { Edit } from '../../records/patch';
import { blame, type AcceptedPatch, type BlamedLine } from '../../skill/blame';
import { applyEdits } from '../../skill/edits';
import { edit, head, sample, skillFiles, textIn } from './skill-files';

const seed = skillFiles({ 'SKILL.md': sample, 'references/old.md': '# Old\n\nOne.\n\nTwo.\n' });

/** A chain of accepted patches, of the steps 2, 4, 6 and so on: those between were refused. */
async function chain(...patches: Edit[][]): Promise<{ accepted: AcceptedPatch[]; files: FileEntry[] }> {
  let files: FileEntry[] = seed;
  const accepted: AcceptedPatch[] = [];
  for (const [index, edits] of patches.entries()) {
    const result = await applyEdits(files, edits);
    expect(result.refused).toEqual([]);
    files = result.files;
    accepted.push({ step: 2 * (index + 1), edits, files });
  }
  return { accepted, files };
}
const of = (lines: BlamedLine[] | undefined, text: string): string => {
  const found = lines?.filter((line) => line.text.includes(text)) ?? [];
  expect(found).toHaveLength(1);
  const origin = found[0]?.origin;
  return origin ? `step ${origin.step} edit ${origin.edit}` : 'seed';
};
const item = (text: string, section = 'planning'): Edit => edit({ op: 'insert-item', section, text });
const linesIn = (blamed: ReturnType<typeof blame>, path = 'SKILL.md') =>
  blamed.find((file) => file.path === path)?.lines;

it('says of a skill that no patch has changed that it is the seed', () => {
  const blamed = blame(seed, []);
  expect(blamed.map(({ path }) => path)).toEqual(['SKILL.md', 'references/old.md']);
  expect(
    linesIn(blamed)
      ?.map(({ text }) => text)
      .join('\n'),
  ).toBe(sample.trimEnd());
  expect(blamed.flatMap(({ lines }) => lines).every(({ origin }) => origin === null)).toBe(true);
});

it('leads each line to its edit through several steps, also when other lines move around it', async () => {
  const { accepted, files } = await chain(
    [item('check the units'), item('dates may be serials', 'common-pitfalls')],
    [edit({ op: 'replace-item', anchor: 'planning/1', text: 'look at every sheet' })],
    [
      edit({ op: 'insert-section', after: 'preamble', text: '## First\n\n- read the whole task\n- ask what is asked' }),
      item('save once'),
    ],
  );
  const blamed = blame(seed, accepted);
  const lines = linesIn(blamed);
  expect(lines?.map(({ text }) => text).join('\n')).toBe(textIn(files)?.trimEnd());
  expect(of(lines, 'check the units')).toBe('step 2 edit 0');
  expect(of(lines, 'dates may be serials')).toBe('step 2 edit 1');
  expect(of(lines, 'look at every sheet')).toBe('step 4 edit 0');
  expect(of(lines, '## First')).toBe('step 6 edit 0');
  expect(of(lines, 'ask what is asked')).toBe('step 6 edit 0');
  expect(of(lines, 'save once')).toBe('step 6 edit 1');
  for (const kept of ['state the change', 'headers may be low', '# Workbooks']) expect(of(lines, kept)).toBe('seed');
});

it('leads a line that was rewritten to the last edit that wrote it, and gives no line to what was undone', async () => {
  const { accepted } = await chain(
    [item('check the units')],
    [edit({ op: 'replace-item', anchor: 'planning/3', text: 'check units and signs' })],
    [edit({ op: 'delete-item', anchor: 'planning/1' })],
  );
  const lines = linesIn(blame(seed, accepted));
  expect(of(lines, 'check units and signs')).toBe('step 4 edit 0');
  expect(lines?.filter(({ origin }) => origin?.step === 2 || origin?.step === 6)).toEqual([]);
});

it('tells the layers apart: a description, a reference, and its pointer', async () => {
  const pointer = 'Read references/new.md when dates are text. Skip when they are dates.';
  const { accepted } = await chain([
    edit({ op: 'set-description', text: 'Edits workbooks: dates, sums and sheets.' }),
    item(pointer),
    edit({ op: 'write-reference', path: 'references/new.md', text: '# New\n\n- parse them\n- check the type' }),
  ]);
  const blamed = blame(seed, accepted);
  expect(of(linesIn(blamed), 'description:')).toBe('step 2 edit 0');
  expect(of(linesIn(blamed), pointer)).toBe('step 2 edit 1');
  expect(linesIn(blamed, 'references/new.md')?.map(({ origin }) => origin)).toEqual(
    Array(4).fill({ step: 2, edit: 2 }),
  );
});

it('follows what is lifted to a reference, and leads the pointer to the edit', async () => {
  const lift = edit({
    ...{ op: 'lift-to-reference', anchor: 'planning/3', path: 'references/units.md' },
    ...{ when: 'a column has a unit', skip: 'all are counts' },
  });
  const { accepted } = await chain([item('check the units')], [lift]);
  const blamed = blame(seed, accepted);
  expect(of(linesIn(blamed, 'references/units.md'), 'check the units')).toBe('step 2 edit 0');
  expect(of(linesIn(blamed), 'Read references/units.md when a column has a unit')).toBe('step 4 edit 0');
});

it('lets a line that was only moved, or whose file was renamed, keep its origin', async () => {
  const written = await chain([item('check the units')]);
  const moved = textIn(written.files)?.replace('- check the units\n', '').concat('\n- check the units\n') ?? '';
  const files = skillFiles({ 'SKILL.md': moved, 'references/young.md': '# Old\n\nOne.\n\nTwo.\n' });
  const blamed = blame(seed, [
    ...written.accepted,
    { step: 4, edits: [edit({ op: 'delete-item', anchor: 'planning/9' })], files },
  ]);
  expect(of(linesIn(blamed), 'check the units')).toBe('step 2 edit 0');
  expect(linesIn(blamed, 'references/young.md')?.every(({ origin }) => origin === null)).toBe(true);
});

it('lets a short line that was moved keep its origin beside a new text with the same words', () => {
  const old = skillFiles({ 'SKILL.md': `${head}\n- Save\n- Close\n- Report\n` });
  const files = skillFiles({
    'SKILL.md': `${head}\n- Close\n- Report\n- Save\n- Save the workbook with its formulas\n`,
  });
  const lines = linesIn(blame(old, [{ step: 1, edits: [item('Save the workbook with its formulas')], files }]));
  expect(lines?.find(({ text }) => text === '- Save')?.origin).toBeNull();
  expect(of(lines, 'with its formulas')).toBe('step 1 edit 0');
});

it('takes a few characters that stand in an edit for no work of its', () => {
  const files = skillFiles({ 'SKILL.md': `${sample}\n- the\n`, 'references/old.md': '# Old\n\nOne.\n\nTwo.\n' });
  const lines = linesIn(blame(seed, [{ step: 1, edits: [item('check the units')], files }]));
  expect(lines?.find(({ text }) => text === '- the')?.origin).toEqual({ step: 1, edit: null });
});

it('leads a line that no edit of the patch holds to the patch as a whole', () => {
  const files = skillFiles({
    'SKILL.md': `${sample}\nFrom nowhere.\n`,
    'references/old.md': '# Old\n\nOne.\n\nTwo.\n',
  });
  const blamed = blame(seed, [{ step: 3, edits: [item('something else')], files }]);
  expect(of(linesIn(blamed), 'From nowhere.')).toBe('step 3 edit null');
});

it('takes a file that is not text as one line', () => {
  const image = { path: 'assets/a.png', mode: 0o644, bytes: new Uint8Array([137, 0, 1]) };
  const other = { ...image, bytes: new Uint8Array([137, 0, 1, 2]) };
  const blamed = blame([...seed, image], [{ step: 1, edits: [], files: [...seed, other] }]);
  expect(linesIn(blamed, 'assets/a.png')).toEqual([
    { line: 1, text: '[not text: 4 bytes]', origin: { step: 1, edit: null } },
  ]);
});
