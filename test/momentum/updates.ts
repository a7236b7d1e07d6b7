import type { Diagnosis } from '../../records/diagnosis';
import type { MomentumRecord, MomentumUpdate } from '../../records/momentum';
import { applyUpdate, type AppliedUpdate } from '../../momentum/apply-update';

export function diagnosis(ordinal: string, kind: Diagnosis['kind'] = 'failure'): Diagnosis {
  return {
    ordinal,
    taskId: `task of ${ordinal}`,
    kind,
    proposal: {
      label: 'dates stored as text',
      cause: 'c',
      correctApproach: 'a',
      skippedStep: 'inspect-first',
      robustness: 'not-applicable',
      confidence: 1,
      evidence: { turns: [1], mismatches: [] },
    },
  };
}

export function pattern(id: string, summary = `about ${id}`): MomentumUpdate['patterns'][number] {
  return { id, kind: 'operation', summary, anchor: 'common-pitfalls', description: 'd', action: 'do' };
}

export function update(
  assigned: Record<string, string | null>,
  ids: string[] = [],
  themes: MomentumUpdate['themes'] = [],
): MomentumUpdate {
  return {
    assignments: Object.entries(assigned).map(([name, id]) => ({
      diagnosis: name,
      pattern: id,
      gap: 'the skill is silent',
      proposedChange: 'say it',
    })),
    patterns: ids.map((id) => pattern(id)),
    themes,
  };
}

/** Applies an update to a record of a skill whose only places are its pitfalls and one reference. */
export function apply(
  record: MomentumRecord,
  proposal: MomentumUpdate,
  diagnoses: readonly Diagnosis[],
  step: number,
): AppliedUpdate {
  return applyUpdate(record, proposal, {
    step,
    diagnoses,
    places: new Set(['common-pitfalls', 'references/dates.md']),
  });
}
