import type { Diagnosis } from '../../records/diagnosis';
import type { GateOutcome, MomentumRecord } from '../../records/momentum';
import { MomentumUpdate } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import { applyUpdate, emptyUpdate } from '../../momentum/apply-update';
import type { JournaledTurn } from '../../store/journal-entries';
import { submissionsIn } from '../chain';
import { condenseRecord, section } from '../sections';
import { defineTool, parseArguments, ToolError } from '../tool';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';

const submitName = 'submit_momentum_update';

export interface AccumulatorInput {
  record: MomentumRecord;
  diagnoses: readonly Diagnosis[];
  previous: { edits: readonly Edit[]; gate: GateOutcome | null } | null;
  outline: { anchor: string; kind: string; title: string }[];
  /** Paths of the skill's references. */
  references: readonly string[];
  step: number;
}

function userMessage(
  { record, diagnoses, previous, outline, references }: AccumulatorInput,
  overflows: number,
): string {
  const shown = diagnoses.map(({ ordinal, kind, proposal }) => {
    const { evidence: _evidence, ...rest } = proposal;
    return { ordinal, kind, ...rest };
  });
  return [
    section('Momentum record', condenseRecord(record, overflows)),
    section('Diagnoses', shown),
    section('Previous patch', previous),
    section('Skill outline', outline),
    section('Skill references', references),
  ].join('\n');
}

/**
 * Merges a batch's diagnoses into the record: the model proposes an update, code applies it. When none comes that holds
 * in all its parts, what holds of the last one is applied; a diagnosis that it does not place enters the record without a
 * pattern, and `problems` says so.
 */
export async function accumulateDiagnoses(
  input: AccumulatorInput,
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>,
): Promise<{ kind: 'record'; record: MomentumRecord; problems: string[] } | (LoopEnd & { kind: 'allowance' })> {
  const { record, diagnoses, step } = input;
  const sections = input.outline.filter(({ kind }) => kind === 'section').map(({ anchor }) => anchor);
  const places = new Set([...sections, ...input.references]);
  const apply = (update: MomentumUpdate) => applyUpdate(record, update, { step, diagnoses, places });
  const submit = defineTool({
    name: submitName,
    description: 'Submit the update of the momentum record. This ends your work.',
    schema: MomentumUpdate,
    final: true,
    run: async (update) => {
      const { problems } = apply(update);
      if (problems.length > 0) throw new ToolError(problems.join('; '));
      return 'Accepted.';
    },
  });
  if (diagnoses.length === 0) return { kind: 'record', record: apply(emptyUpdate(record)).record, problems: [] };
  const end = await runToolLoop({
    ...loop,
    user: (overflows) => userMessage(input, overflows),
    maxOverflows: 2,
    tools: [submit],
    snapshot: null,
  });
  if (end.kind === 'allowance') return end;
  // What was accepted stands, whatever else the same answer held.
  const last =
    end.submission === null ? lastUpdate(loop.journal.turns) : parseArguments(MomentumUpdate, end.submission);
  if (last !== null) return { kind: 'record', ...apply(last) };
  const given = loop.journal.turns.at(-1)?.turn.observations.at(-1)?.content ?? end.outcome;
  const problems = [`no valid update: ${given.slice(0, 300)}`];
  return { kind: 'record', record: apply(emptyUpdate(record)).record, problems };
}

/** The last update that can be read, refused or not. */
function lastUpdate(turns: readonly JournaledTurn[]): MomentumUpdate | null {
  const submissions = turns.flatMap(({ turn }) => submissionsIn(turn, [submitName]));
  for (const { argumentsJson } of submissions.reverse()) {
    try {
      return parseArguments(MomentumUpdate, argumentsJson);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
    }
  }
  return null;
}
