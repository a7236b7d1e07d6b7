import { provisionalRecord } from '../../momentum/provisional-record';
import type { Diagnosis } from '../../records/diagnosis';
import { MomentumRecord } from '../../records/momentum';

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
