import { z } from 'zod';
import { writeSkill } from '../agents/patcher/one-shot';
import { proposePatch } from '../agents/patcher/patcher';
import { provisionalRecord } from '../momentum/provisional-record';
import type { ArtifactRef } from '../records/artifact';
import { Diagnosis } from '../records/diagnosis';
import { editBudget } from '../records/edit-budget';
import { GateOutcome, MomentumRecord } from '../records/momentum';
import { Edit, Patch } from '../records/patch';
import type { PromptName, RunPlan } from '../records/plan';
import type { PatchDuty, PatchInput, PatchResult } from '../records/stages';
import { Task } from '../records/task';
import type { ArtifactStore } from '../store/artifact-store';
import { closedRecord } from './accumulate';
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

/**
 * The run's record; before there is one, what the batch's diagnoses say. No accumulation stands between a step and the
 * consolidation after it, so that this closes the log of the step's patch.
 */
async function recordOf(store: ArtifactStore, input: PatchInput, remembers: boolean): Promise<MomentumRecord> {
  const { momentum, diagnoses, step, duty } = input;
  if (duty === 'consolidate' && remembers) return closedRecord(store, input);
  if (momentum !== null) return store.getJson(MomentumRecord, momentum);
  return provisionalRecord(await Promise.all(diagnoses.map((ref) => store.getJson(Diagnosis, ref))), step);
}

const promptOf: Record<PatchDuty, PromptName> = {
  step: 'patcher',
  consolidate: 'consolidate',
  'one-shot': 'one-shot',
};

/** Task prompts that a skill is written from in one go. */
const oneShotTasks = 8;

type Done = { done: Omit<PatchResult & { status: 'done' }, 'status' | 'spending' | 'answered'> };
type Settings = Parameters<typeof proposePatch>[1];

/** Parameter update, proposed: edits by pattern within the step's budget make a candidate version. */
async function proposeEdits(store: ArtifactStore, plan: RunPlan, input: PatchInput, settings: Settings) {
  const { step, skill, duty } = input;
  const files = await store.getTree(skill);
  const { ablations, edits } = plan.config;
  const rejected = ablations.momentum ? await rejectedSoFar(store, input) : [];
  const momentum = await recordOf(store, input, ablations.momentum);
  const end = await proposePatch(
    {
      files,
      outline: await outlineOf(files),
      record: momentum,
      editBudget: duty === 'consolidate' ? null : editBudget(edits, step, input.steps),
      rejected,
      taskValues: await taskValuesOf(store, plan, input),
      guarded: plan.config.guarded,
      layers: ablations.layers,
      consolidates: duty === 'consolidate',
    },
    settings,
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
  return done(store, record, {
    rejected: rejected.length === 0 ? null : await store.putJson(rejected),
    momentum: duty === 'consolidate' ? await store.putJson(momentum) : input.momentum,
  });
}

/** A baseline: a whole skill from the prompts of training tasks. */
async function proposeSkill(store: ArtifactStore, plan: RunPlan, { step, skill }: PatchInput, settings: Settings) {
  const tasks = await Promise.all(plan.training.slice(0, oneShotTasks).map(({ task }) => store.getJson(Task, task)));
  const end = await writeSkill({ name: plan.skillName, tasks: tasks.map(({ prompt }) => prompt) }, settings);
  if (end.kind === 'allowance') return end;
  const record: Patch = {
    ...{ step, base: skill, rationale: 'written from task prompts alone', applied: [], refused: [], flags: [] },
    candidate: end.files === null ? null : await store.putTree(end.files),
    noPatchReason: end.files === null ? end.reason : null,
  };
  return done(store, record, { rejected: null, momentum: null });
}

type Memory = Record<'rejected' | 'momentum', ArtifactRef | null>;

async function done(store: ArtifactStore, record: Patch, memory: Memory): Promise<Done> {
  return {
    done: {
      patch: await store.putJson(record),
      candidate: record.candidate,
      ...memory,
      edits: record.applied.length,
      refused: record.refused.length,
      flags: record.flags.slice(0, 10),
    },
  };
}

/** Proposes what the duty asks for: a candidate version, or none with the reason in the patch. */
export async function patch(deps: Dependencies, input: PatchInput): Promise<PatchResult> {
  const { step, duty } = input;
  const prompt = promptOf[duty];
  return paidStage(deps, input, 'patcher', inputsKey(`patch-s${step}`, 'patcher', input, prompt), ({ plan, loop }) => {
    const { repairRounds } = plan.config;
    const settings = { ...loop(`step-${step}`, 0), system: plan.prompts[prompt], repairRounds };
    return (duty === 'one-shot' ? proposeSkill : proposeEdits)(deps.store, plan, input, settings);
  });
}
