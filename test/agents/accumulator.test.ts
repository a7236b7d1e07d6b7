import { accumulateDiagnoses, type AccumulatorInput } from '../../agents/accumulator/accumulator';
import { emptyMomentum } from '../../records/momentum';
import { diagnosis, pattern, update } from '../momentum/updates';
import { scriptedLoops } from './scripted-loop';

let loops: Awaited<ReturnType<typeof scriptedLoops>>;
beforeAll(async () => (loops = await scriptedLoops()));
afterAll(() => loops.close());

const input: AccumulatorInput = {
  record: emptyMomentum,
  diagnoses: [diagnosis('d1'), diagnosis('d2')],
  previous: null,
  outline: [{ anchor: 'common-pitfalls', kind: 'section', title: 'Common Pitfalls' }],
  references: ['references/dates.md'],
  step: 1,
};
const submit = (proposal: unknown) => [{ name: 'submit_momentum_update', arguments: proposal }];

it('is told what its update leaves out, and the mended one is applied', async () => {
  const complete = update({ d1: 'dates', d2: null }, ['dates']);
  const scripted = await loops.loop('accumulator', [submit(update({ d1: 'dates' }, ['dates'])), submit(complete)]);
  const end = await accumulateDiagnoses(input, scripted.loop);
  expect(end).toMatchObject({ problems: [], record: { step: 1, patterns: [{ id: 'dates', occurrences: 1 }] } });
  expect(scripted.said('tool')).toEqual([
    'Refused: diagnosis d2 has no assignment; assign it to a pattern, or to null without a signal',
  ]);
});

it('takes the accepted one of several updates in one answer', async () => {
  const good = update({ d1: 'dates', d2: null }, ['dates']);
  const bad = update({ d1: 'nowhere', d2: null });
  for (const answer of [
    [good, bad],
    [bad, good],
  ]) {
    const scripted = await loops.loop('accumulator', [answer.flatMap(submit)]);
    const end = await accumulateDiagnoses(input, scripted.loop);
    expect(scripted.calls()).toBe(1);
    expect(end).toMatchObject({ problems: [], record: { patterns: [{ id: 'dates', occurrences: 1 }] } });
  }
});

it('may place a pattern at a reference', async () => {
  const placed = {
    ...update({ d1: 'dates', d2: 'dates' }),
    patterns: [{ ...pattern('dates'), anchor: 'references/dates.md' }],
  };
  const scripted = await loops.loop('accumulator', [submit(placed)]);
  expect(await accumulateDiagnoses(input, scripted.loop)).toMatchObject({ problems: [] });
});

it('keeps what holds of an update that is never mended, covers every diagnosis, and says what was wrong', async () => {
  const scripted = await loops.loop('accumulator', [submit(update({ d1: 'dates', d2: 'nowhere' }, ['dates']))]);
  const end = await accumulateDiagnoses(input, scripted.loop);
  expect(scripted.calls()).toBe(4);
  expect(end).toMatchObject({
    problems: [expect.stringContaining('there is no pattern nowhere')],
    record: { patterns: [{ id: 'dates' }], overlay: [{ pattern: 'dates' }, { diagnosis: 'd2', pattern: null }] },
  });
});

it('loses nothing of the record to answers that are no update', async () => {
  const record = { ...emptyMomentum, step: 1, themes: [{ theme: 'look first', successes: ['1/d1', '1/d2'] }] };
  const scripted = await loops.loop('accumulator', [submit({ assignments: 'all of them' })]);
  const end = await accumulateDiagnoses({ ...input, record, step: 2 }, scripted.loop);
  expect(end).toMatchObject({
    problems: [expect.stringMatching(/^no valid update: Refused: assignments/)],
    record: { step: 2, themes: record.themes, overlay: [{ pattern: null }, { pattern: null }] },
  });
});
