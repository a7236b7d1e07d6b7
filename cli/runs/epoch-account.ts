import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { Diagnosis } from '../../records/diagnosis';
import { GateVerdict } from '../../records/gate';
import { MomentumRecord } from '../../records/momentum';
import { Patch } from '../../records/patch';
import { addSpending, noSpending, Spending } from '../../records/usage';
import { describeEdit } from '../../momentum/remedies';
import type { ArtifactStore } from '../../store/artifact-store';
import type { Execution } from './executions';
import { outcomesIn, type Outcome } from './history-events';

/** What came of one step; what a step has not come to is null, as in an epoch that failed under way. */
export interface StepAccount {
  step: number;
  /** The version that its tasks were run with. */
  skill: ArtifactRef | null;
  /** In order of their ids. */
  scores: { taskId: string; solved: boolean; matched: number; total: number }[];
  /** In order of the batch; a null label: no diagnosis. */
  diagnoses: { ordinal: string; taskId: string; kind: string; label: string | null; cause: string | null }[];
  /** The patterns that the batch's diagnoses were led to, and how many the record holds. */
  patterns: { count: number; batch: string[] } | null;
  /** Its edits in words, those that were handed back, and the reason where there is no candidate. */
  edits: {
    applied: string[];
    refused: number;
    flags: string[];
    candidate: ArtifactRef | null;
    noPatch: string | null;
  } | null;
  /** null: no gate, or none yet. */
  verdict: GateVerdict | null;
  /** Paid by this epoch itself; what was found done cost it nothing. */
  spending: Spending;
}

const done = z.object({ status: z.literal('done') });
const paid = z.object({ spending: Spending });
const Executed = z.object({ input: z.object({ taskId: z.string(), skill: ArtifactRef.nullable() }) });
const Scored = z.object({
  input: z.object({ taskId: z.string() }),
  value: z.object({ solved: z.boolean(), matched: z.number(), total: z.number() }),
});
const ofStep = z.object({ step: z.number().int() });
const Diagnosed = z.object({
  input: z.object({ ordinal: z.string(), kind: z.string(), rollout: z.object({ taskId: z.string() }) }),
  value: done.extend({ diagnosis: ArtifactRef.nullable() }),
});
const Accumulated = z.object({ value: done.extend({ momentum: ArtifactRef }) });
const Patched = z.object({ value: done.extend({ patch: ArtifactRef, candidate: ArtifactRef.nullable() }) });
const Gated = z.object({ value: z.object({ verdict: GateVerdict.nullable(), gathered: paid }) });

/** What an epoch came to, step by step, from the histories of its workflow and the store. */
export async function accountOf(store: ArtifactStore, executions: readonly Execution[]): Promise<StepAccount[]> {
  const steps = new Map<number, StepAccount>();
  for (const { events } of executions) {
    // Rollouts don't name their step: they come before its other stages.
    const open: Outcome[] = [];
    let last: StepAccount | null = null;
    for (const outcome of outcomesIn(events)) {
      const step = ofStep.safeParse(outcome.input).data?.step;
      if (outcome.kind === 'execute' || outcome.kind === 'score') open.push(outcome);
      if (step !== undefined) {
        last = steps.get(step) ?? newStep(step);
        steps.set(step, last);
        for (const rollout of open.splice(0)) enterRollout(last, rollout);
        await enterStage(store, last, outcome);
      }
      if (outcome.kind === 'evaluate' && last !== null) {
        const { verdict, gathered } = Gated.parse(outcome).value;
        last.verdict = verdict;
        last.spending = addSpending(last.spending, gathered.spending);
      }
    }
    if (open.length === 0) continue;
    // A step that ended, or was ended, before anything was diagnosed.
    const unfinished = newStep(Math.max(0, ...steps.keys()) + 1);
    steps.set(unfinished.step, unfinished);
    for (const rollout of open) enterRollout(unfinished, rollout);
  }
  const accounts = [...steps.values()].sort((a, b) => a.step - b.step);
  for (const { scores, diagnoses } of accounts) {
    scores.sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
    diagnoses.sort((a, b) => Number(a.ordinal.slice(1)) - Number(b.ordinal.slice(1)));
  }
  return accounts;
}

function newStep(step: number): StepAccount {
  const nothing = { skill: null, patterns: null, edits: null, verdict: null };
  return { step, scores: [], diagnoses: [], ...nothing, spending: noSpending };
}

function enterRollout(step: StepAccount, outcome: Outcome): void {
  if (outcome.kind === 'execute') {
    step.skill = Executed.parse(outcome).input.skill;
    enterSpending(step, outcome);
    return;
  }
  const { input, value } = Scored.parse(outcome);
  step.scores.push({ taskId: input.taskId, ...value });
}

function enterSpending(step: StepAccount, { value }: Outcome): void {
  step.spending = addSpending(step.spending, paid.parse(value).spending);
}

async function enterStage(store: ArtifactStore, step: StepAccount, outcome: Outcome): Promise<void> {
  enterSpending(step, outcome);
  // One that was handed back for lack of allowance has no result yet.
  if (!done.safeParse(outcome.value).success) return;
  switch (outcome.kind) {
    case 'diagnose': {
      const { input, value } = Diagnosed.parse(outcome);
      const found = value.diagnosis === null ? null : (await store.getJson(Diagnosis, value.diagnosis)).proposal;
      const { ordinal, kind, rollout } = input;
      const said = { label: found?.label ?? null, cause: found?.cause ?? null };
      step.diagnoses.push({ ordinal, kind, taskId: rollout.taskId, ...said });
      break;
    }
    case 'accumulate': {
      const record = await store.getJson(MomentumRecord, Accumulated.parse(outcome).value.momentum);
      const batch = record.overlay.flatMap(({ pattern }) => (pattern === null ? [] : [pattern]));
      step.patterns = { count: record.patterns.length, batch: [...new Set(batch)].sort() };
      break;
    }
    case 'patch': {
      const { patch: ref, candidate } = Patched.parse(outcome).value;
      const { applied, refused, flags, noPatchReason: noPatch } = await store.getJson(Patch, ref);
      step.edits = { applied: applied.map(describeEdit), refused: refused.length, flags, candidate, noPatch };
      break;
    }
  }
}
