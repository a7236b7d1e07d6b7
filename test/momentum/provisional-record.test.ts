import { answersToRecord, provisionalRecord } from '../../momentum/provisional-record';
import type { Diagnosis } from '../../records/diagnosis';
import { emptyMomentum, MomentumRecord } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import { apply, update } from './updates';

function diagnosis(ordinal: string, label: string): Diagnosis {
  return {
    ordinal,
    taskId: `task-${ordinal}`,
    kind: 'failure',
    proposal: {
      label,
      cause: `cause of ${ordinal}`,
      correctApproach: 'x'.repeat(2000),
      skippedStep: 'inspect-first',
      robustness: 'not-applicable',
      confidence: 0.5,
      evidence: { turns: [1], mismatches: [] },
    },
  };
}

it("shows a first patch every diagnosis under its label's pattern, as a valid record without task names", () => {
  const record = provisionalRecord(
    [diagnosis('d1', 'Reads too few rows'), diagnosis('d2', '数据 类型 错误'), diagnosis('d3', 'reads too few rows')],
    1,
  );
  expect(MomentumRecord.parse(record)).toEqual(record);
  expect(record.patterns.map(({ id, occurrences }) => [id, occurrences])).toEqual([
    ['reads-too-few-rows', 2],
    ['diagnosis-d2', 1],
  ]);
  expect(record.overlay.map(({ diagnosis: ordinal, pattern }) => [ordinal, pattern])).toEqual([
    ['d1', 'reads-too-few-rows'],
    ['d2', 'diagnosis-d2'],
    ['d3', 'reads-too-few-rows'],
  ]);
  expect(JSON.stringify(record)).not.toContain('task-d1');
});

describe('the edits of a first patch', () => {
  const edit = (pattern: string, diagnoses: string[]): Edit => ({
    ...{ op: 'insert-item', section: 'common-pitfalls', text: `for ${diagnoses.join()}`, pattern, diagnoses },
  });
  const batch = ['d1', 'd2', 'd3', 'd4'].map((ordinal) => diagnosis(ordinal, 'Reads too few rows'));
  const assigned = { d1: 'rows', d2: 'headers', d3: 'rows', d4: null };
  const { overlay } = apply(emptyMomentum, update(assigned, ['rows', 'headers']), batch, 1).record;
  const answered = (...edits: Edit[]) => answersToRecord(edits, overlay).map(({ pattern }) => pattern);

  it('answer the patterns that their diagnoses have become, whatever their names', () => {
    expect(answered(edit('reads-too-few-rows', ['d1', 'd3']))).toEqual(['rows']);
    expect(answered(edit('rows', ['d2']))).toEqual(['headers']);
    expect(answered(edit('reads-too-few-rows', ['d1', 'd2']))).toEqual(['rows', 'headers']);
  });

  it('answer none where their diagnoses held no signal', () => {
    expect(answered(edit('reads-too-few-rows', ['d4']))).toEqual([]);
  });

  it('have the diagnoses of their pattern where they cite none', () => {
    expect(answered(edit('one', []), edit('one', ['d2']), edit('other', ['d1']))).toEqual([
      'headers',
      'headers',
      'rows',
    ]);
  });
});
