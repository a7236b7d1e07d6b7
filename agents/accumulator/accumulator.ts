import type { Diagnosis } from '../../records/diagnosis';
import type { GateOutcome, MomentumRecord } from '../../records/momentum';
import { MomentumUpdate } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import { applyUpdate } from '../../momentum/apply-update';
import { condenseRecord, section } from '../sections';
import { defineTool, parseArguments, ToolError } from '../tool';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';

export interface AccumulatorInput {
  record: MomentumRecord;
  diagnoses: readonly Diagnosis[];
  previous: { edits: readonly Edit[]; gate: GateOutcome | null } | null;
  outline: { anchor: string; kind: string; title: string }[];
  step: number;
}

function userMessage({ record, diagnoses, previous, outline }: AccumulatorInput, overflows: number): string {
  const shown = diagnoses.map(({ ordinal, kind, proposal }) => {
    const { evidence: _evidence, ...rest } = proposal;
    return { ordinal, kind, ...rest };
  });
  return [
    section('Momentum record', condenseRecord(record, overflows)),
    section('Diagnoses', shown),
    section('Previous patch', previous),
    section('Skill outline', outline),
  ].join('\n');
}

/**
 * Merges a batch's diagnoses into the record: the model proposes an update, code applies it. When no valid update comes,
 * the diagnoses enter the record without a pattern, and `problems` says so.
 */
export async function accumulateDiagnoses(
  input: AccumulatorInput,
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>,
): Promise<{ kind: 'record'; record: MomentumRecord; problems: string[] } | (LoopEnd & { kind: 'allowance' })> {
  const apply = (update: MomentumUpdate) => applyUpdate(input.record, update, input.diagnoses, input.step);
  const submit = defineTool({
    name: 'submit_momentum_update',
    description: 'Submit the update of the momentum record. This ends your work.',
    schema: MomentumUpdate,
    final: true,
    run: async (update) => {
      const { problems } = apply(update);
      if (problems.length > 0) throw new ToolError(problems.join('; '));
      return 'Accepted.';
    },
  });
  const nothing: MomentumUpdate = { assignments: [], patterns: [], themes: [] };
  if (input.diagnoses.length === 0) return { kind: 'record', record: apply(nothing).record, problems: [] };
  const end = await runToolLoop({
    ...loop,
    user: (overflows) => userMessage(input, overflows),
    maxOverflows: 2,
    tools: [submit],
    snapshot: null,
  });
  if (end.kind === 'allowance') return end;
  if (end.submission !== null) {
    return { kind: 'record', ...apply(parseArguments(MomentumUpdate, end.submission)) };
  }
  const given = loop.journal.turns.at(-1)?.turn.observations.at(-1)?.content ?? end.outcome;
  return { kind: 'record', record: apply(nothing).record, problems: [`no valid update: ${given.slice(0, 300)}`] };
}
