import { z } from 'zod';
import { proposePatch } from '../agents/patcher/patcher';
import { provisionalRecord } from '../momentum/provisional-record';
import type { ArtifactRef } from '../records/artifact';
import { Diagnosis } from '../records/diagnosis';
import { editBudget } from '../records/edit-budget';
import { GateOutcome, MomentumRecord } from '../records/momentum';
import { Edit, Patch } from '../records/patch';
import type { PatchInput, PatchResult } from '../records/stages';
import type { ArtifactStore } from '../store/artifact-store';
import type { Dependencies } from './dependencies';
import { gateOutcome } from './gate-outcome';
import { inputsKey } from './inputs-key';
import { paidStage } from './paid-stage';
import { outlineOf } from './skill-outline';
import { taskValuesOf } from './task-values';

const RejectedEdits = z.array(z.object({ edit: Edit, gate: GateOutcome }));
/** Rejected edits that later patches are shown: the latest ones. */
const rememberedEdits = 40;

async function rejectedSoFar(store: ArtifactStore, input: PatchInput): Promise<z.infer<typeof RejectedEdits>> {
  const earlier = input.rejected === null ? [] : await store.getJson(RejectedEdits, input.rejected);
  const { previous } = input;
  const gate = previous === null || previous.accepted ? null : gateOutcome(previous);
  if (previous === null || gate === null) return earlier;
  const { applied } = await store.getJson(Patch, previous.patch);
  return [...earlier, ...applied.map((edit) => ({ edit, gate }))].slice(-rememberedEdits);
}

/** The run's record; before there is one, what the batch's diagnoses say. */
async function recordOf(store: ArtifactStore, { momentum, diagnoses, step }: PatchInput): Promise<MomentumRecord> {
  if (momentum !== null) return store.getJson(MomentumRecord, momentum);
  return provisionalRecord(await Promise.all(diagnoses.map((ref) => store.getJson(Diagnosis, ref))), step);
}

/** Parameter update, proposed: edits by pattern within the step's budget make a candidate version. */
export async function patch(deps: Dependencies, input: PatchInput): Promise<PatchResult> {
  const { store } = deps;
  const { step, skill } = input;
  return paidStage(deps, input, 'patcher', inputsKey(`patch-s${step}`, 'patcher', input), async ({ plan, loop }) => {
    const files = await store.getTree(skill);
    const { ablations } = plan.config;
    const rejected = ablations.momentum ? await rejectedSoFar(store, input) : [];
    const end = await proposePatch(
      {
        files,
        outline: await outlineOf(files),
        record: await recordOf(store, input),
        editBudget: editBudget(plan.config.edits, step, input.steps),
        rejected,
        taskValues: await taskValuesOf(store, plan),
        layers: ablations.layers,
      },
      { ...loop(`step-${step}`, 0), repairRounds: plan.config.repairRounds },
    );
    if (end.kind === 'allowance') return end;
    const { proposal } = end;
    const candidate: ArtifactRef | null = proposal === null ? null : await store.putTree(proposal.files);
    const record: Patch = {
      step,
      base: skill,
      candidate: candidate === skill ? null : candidate,
      rationale: proposal?.rationale ?? '',
      applied: proposal?.applied ?? [],
      refused: proposal?.refused ?? [],
      flags: proposal?.flags ?? [],
      noPatchReason: proposal === null ? end.reason : candidate === skill ? 'the edits change nothing' : null,
    };
    return {
      done: {
        patch: await store.putJson(record),
        candidate: record.candidate,
        rejected: rejected.length === 0 ? null : await store.putJson(rejected),
        edits: record.applied.length,
        refused: record.refused.length,
        flags: record.flags.slice(0, 10),
      },
    };
  });
}
