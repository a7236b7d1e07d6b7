import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proposePatch, type PatcherInput } from '../../agents/patcher/patcher';
import type { Edit } from '../../records/patch';
import { recordOf } from '../simulator/requests';
import { sample, skillFiles, textIn } from '../skill/skill-files';
import { scriptedLoops } from './scripted-loop';

let loops: Awaited<ReturnType<typeof scriptedLoops>>;
beforeAll(async () => (loops = await scriptedLoops()));
afterAll(() => loops.close());

const input: PatcherInput = {
  ...{ files: skillFiles({ 'SKILL.md': sample }), outline: [], editBudget: 4, rejected: [], taskValues: [] },
  record: recordOf([{ id: 'dates', summary: 's', description: 'd', action: 'a' }]),
  ...{ layers: true, consolidates: false, guarded: 'flag' },
};
const why = { pattern: 'dates', diagnoses: ['d1'] };
const item = (text: string): Edit => ({ op: 'insert-item', section: 'common-pitfalls', text, ...why });
const good = item('mind the dates');
const better = item('mind the headers');
const bad: Edit = { ...good, section: 'nowhere' } as Edit;
const alsoBad: Edit = { ...bad, pattern: 'mine' };
const submit = (...edits: Edit[]) => ({ name: 'submit_patch', arguments: { rationale: 'r', edits } });

describe('of several submissions', () => {
  it.each([
    ['first', [submit(good), submit(bad)]],
    ['last', [submit(bad), submit(good)]],
  ])('in one answer the accepted one counts, when it is the %s', async (_which, answer) => {
    const scripted = await loops.loop('patcher', [answer]);
    const end = await proposePatch(input, scripted.loop);
    expect(scripted.calls()).toBe(1);
    expect(end).toMatchObject({ proposal: { applied: [good], refused: [] } });
  });

  it('none of which is accepted the one with the most edits that hold counts', async () => {
    const scripted = await loops.loop('patcher', [[submit(good, bad)], [submit(bad)], [submit(alsoBad)]]);
    const end = await proposePatch(input, scripted.loop);
    expect(scripted.calls()).toBe(4);
    expect(end).toMatchObject({
      proposal: { applied: [good], refused: [{ edit: bad, reason: expect.stringContaining('nowhere') }] },
    });
    if (end.kind === 'proposal') expect(textIn(end.proposal?.files ?? [])).toContain('mind the dates');
  });

  it('that hold equally many edits the last one counts', async () => {
    const scripted = await loops.loop('patcher', [[submit(good, bad)], [submit(better, bad)]]);
    expect(await proposePatch(input, scripted.loop)).toMatchObject({ proposal: { applied: [better] } });
  });

  it('that hold nothing the last one says why', async () => {
    const scripted = await loops.loop('patcher', [[submit(bad)], [submit(item('x'.repeat(1990) + '\nB17'))]]);
    const end = await proposePatch({ ...input, taskValues: ['B17'] }, scripted.loop);
    expect(end).toMatchObject({ proposal: null, reason: expect.stringContaining('"B17" is a value of a task') });
  });
});

it('is told to submit all edits again, and which number each refused one had', async () => {
  const scripted = await loops.loop('patcher', [[submit(good, bad)], [submit(good)]]);
  expect(await proposePatch(input, scripted.loop)).toMatchObject({ proposal: { applied: [good] } });
  expect(scripted.said('tool')).toEqual([
    expect.stringMatching(/^Refused: edit 2 \(insert-item in nowhere\): .*\nSubmit all/),
  ]);
});

describe('a verdict on Python code', () => {
  const path = process.env['PATH'];
  const withPython = mkdtempSync(join(tmpdir(), 'skillgrad-python-'));
  const withoutPython = mkdtempSync(join(tmpdir(), 'skillgrad-no-python-'));
  beforeAll(() => {
    // Stands for an interpreter that refuses the code.
    writeFileSync(join(withPython, 'python3'), '#!/bin/sh\necho "1 invalid syntax"\nexit 3\n');
    chmodSync(join(withPython, 'python3'), 0o755);
  });
  afterEach(() => (process.env['PATH'] = path));
  afterAll(() => [withPython, withoutPython].forEach((folder) => rmSync(folder, { recursive: true })));

  const text = '# Dates\n\n```python\nprint "old"\n```\n';
  const reference: Edit = { op: 'write-reference', path: 'references/days.md', text, ...why };
  const pointer = item('Read references/days.md when days are text. Skip when they are dates.');

  it.each([
    ['accepted', [reference, pointer]],
    ['refused for another edit', [reference, pointer, bad]],
  ])('stands when the chain ends where there is Python, for a submission that was %s', async (_what, edits) => {
    const scripted = await loops.loop('patcher', [[submit(...edits)]]);
    process.env['PATH'] = withoutPython;
    const first = await proposePatch(input, scripted.loop);
    expect(first).toMatchObject({
      proposal: {
        applied: [reference, pointer],
        flags: expect.arrayContaining([expect.stringContaining('not parsed')]),
      },
    });
    process.env['PATH'] = withPython;
    const again = await proposePatch(input, scripted.loop);
    expect(again).toMatchObject({
      proposal: {
        applied: [reference, pointer],
        flags: expect.arrayContaining([expect.stringMatching(/checked again: .*does not parse/)]),
      },
    });
    if (first.kind === 'proposal' && again.kind === 'proposal')
      expect(again.proposal?.files).toEqual(first.proposal?.files);
  });

  it('stands when the chain ends where there is none', async () => {
    const scripted = await loops.loop('patcher', [[submit(good, reference, pointer)]]);
    process.env['PATH'] = withPython;
    await proposePatch(input, scripted.loop);
    process.env['PATH'] = withoutPython;
    expect(await proposePatch(input, scripted.loop)).toMatchObject({ proposal: { applied: [good] } });
  });
});
