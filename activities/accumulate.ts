import { accumulateDiagnoses } from '../agents/accumulator/accumulator';
import { Diagnosis } from '../records/diagnosis';
import { emptyMomentum, MomentumRecord } from '../records/momentum';
import { Patch } from '../records/patch';
import type { AccumulateInput, AccumulateResult } from '../records/stages';
import { answersToRecord } from '../momentum/provisional-record';
import { recordPatch, recordVerdict } from '../momentum/remedies';
import { renameAnchors } from '../momentum/rename-anchors';
import { movedAnchors } from '../skill/moved-anchors';
import type { ArtifactStore } from '../store/artifact-store';
import type { Dependencies } from './dependencies';
import { gateOutcome } from './gate-outcome';
import { inputsKey } from './inputs-key';
import { paidStage } from './paid-stage';
import { outlineOf } from './skill-outline';

/** Momentum: closes the log of the previous step's patch with its verdict, then merges this batch's diagnoses. */
export async function accumulate(deps: Dependencies, input: AccumulateInput): Promise<AccumulateResult> {
  const { store } = deps;
  const { step } = input;
  return paidStage(
    deps,
    input,
    'accumulator',
    inputsKey(`accumulate-s${step}`, 'accumulator', input),
    async ({ plan, loop }) => {
      const { momentum: remembers } = plan.config.ablations;
      const previous = remembers ? input.previous : null;
      const diagnoses = await Promise.all(input.diagnoses.map((ref) => store.getJson(Diagnosis, ref)));
      const files = await store.getTree(input.skill);
      const end = await accumulateDiagnoses(
        {
          record: await closedRecord(store, { previous, momentum: remembers ? input.momentum : null }),
          diagnoses,
          previous:
            previous === null
              ? null
              : { edits: (await store.getJson(Patch, previous.patch)).applied, gate: gateOutcome(previous) },
          outline: await outlineOf(files),
          references: files.map(({ path }) => path).filter((path) => path.startsWith('references/')),
          step,
        },
        { ...loop(`step-${step}`, 0), repairRounds: plan.config.repairRounds },
      );
      if (end.kind === 'allowance') return end;
      const { record, problems } = end;
      return { done: { momentum: await store.putJson(record), patterns: record.patterns.length, problems } };
    },
  );
}

/**
 * The record so far with the previous patch and what the gate made of it entered into its remedy logs. When the patch
 * went in, the places of the patterns are those of the new version.
 */
export async function closedRecord(
  store: ArtifactStore,
  { momentum, previous }: Pick<AccumulateInput, 'momentum' | 'previous'>,
): Promise<MomentumRecord> {
  const record = momentum === null ? emptyMomentum : await store.getJson(MomentumRecord, momentum);
  if (previous === null) return record;
  const patch = await store.getJson(Patch, previous.patch);
  const edits = previous.provisional ? answersToRecord(patch.applied, record.overlay) : patch.applied;
  const patched = recordPatch(record, { step: patch.step, applied: edits });
  const outcome = gateOutcome(previous);
  const judged = outcome === null ? patched : recordVerdict(patched, previous.step, outcome);
  if (!previous.accepted || patch.candidate === null) return judged;
  const [before, after] = [await store.getTree(patch.base), await store.getTree(patch.candidate)];
  return renameAnchors(judged, await movedAnchors(before, after, patch.applied));
}
