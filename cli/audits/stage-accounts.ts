import type { z } from 'zod';
import type { ArtifactRef } from '../../records/artifact';
import { Diagnosis } from '../../records/diagnosis';
import { MomentumRecord } from '../../records/momentum';
import { Patch } from '../../records/patch';
import { noSpending, type Spending } from '../../records/usage';
import type { ArtifactStore } from '../../store/artifact-store';
import { isFault } from '../../records/fault';
import type { AccumulationAccount, DiagnosisAccount, PatchAccount, RolloutAccount } from './account';
import type { Scheduling } from './happenings';
import * as payloads from './payloads';

/** Reads what histories refer to; what is damaged or missing is null, for `audit --check` to name. */
export interface Reader {
  read<Schema extends z.ZodType>(schema: Schema, ref: ArtifactRef): Promise<z.output<Schema> | null>;
}

/** A reader of a store. */
export function lenientReader(store: ArtifactStore): Reader {
  return {
    read: async (schema, ref) => {
      try {
        return await store.getJson(schema, ref);
      } catch (error) {
        if (isFault(error) && ['store.missing', 'store.corrupt'].includes(error.type)) return null;
        throw error;
      }
    },
  };
}

/** What a scheduling says it spent. */
export function spentBy({ result, failureDetails }: Scheduling): Spending {
  const said = payloads.Spent.safeParse(result ?? failureDetails);
  return said.success ? said.data.spending : noSpending;
}

/** A rollout from its execution; its score is entered when it has one. */
export function rolloutAccount(scheduling: Scheduling): RolloutAccount | null {
  const what = payloads.ExecuteIn.safeParse(scheduling.input);
  const done = payloads.ExecuteOut.safeParse(scheduling.result);
  if (!what.success || !done.success) return null;
  const spending = spentBy(scheduling);
  return {
    atMs: scheduling.closedMs ?? scheduling.scheduledMs,
    ...what.data,
    trajectory: done.data.trajectory,
    outcome: done.data.outcome,
    turns: done.data.turns,
    reused: spending.calls === 0,
    score: null,
    spending,
  };
}

/** Enters a score into the rollout of its trajectory that is still without one. */
export function enterScore(rollouts: readonly RolloutAccount[], scheduling: Scheduling): void {
  const what = payloads.ScoreIn.safeParse(scheduling.input);
  const done = payloads.ScoreOut.safeParse(scheduling.result);
  if (!what.success || !done.success) return;
  const { taskId, trajectory } = what.data;
  const rollout = rollouts.find((one) => one.taskId === taskId && one.trajectory === trajectory && one.score === null);
  if (rollout === undefined) return;
  const { score: artifact, ...verdict } = done.data;
  rollout.score = { artifact, ...verdict };
  rollout.atMs = scheduling.closedMs ?? rollout.atMs;
}

export async function diagnosisAccount(reader: Reader, scheduling: Scheduling): Promise<DiagnosisAccount | null> {
  const what = payloads.DiagnoseIn.safeParse(scheduling.input);
  const done = payloads.DiagnoseOut.safeParse(scheduling.result);
  if (!what.success || !done.success) return null;
  const { ordinal, kind, rollout } = what.data;
  const artifact = done.data.diagnosis;
  const diagnosis = artifact === null ? null : await reader.read(Diagnosis, artifact);
  return {
    ...{ atMs: scheduling.closedMs ?? scheduling.scheduledMs, ordinal, kind, taskId: rollout.taskId, artifact },
    proposal: diagnosis?.proposal ?? null,
    spending: spentBy(scheduling),
  };
}

export async function accumulationAccount(reader: Reader, scheduling: Scheduling): Promise<AccumulationAccount | null> {
  const done = payloads.AccumulateOut.safeParse(scheduling.result);
  if (!done.success) return null;
  const { momentum, problems } = done.data;
  const record = await reader.read(MomentumRecord, momentum);
  const seen = new Set(record?.overlay.map(({ pattern }) => pattern));
  return {
    atMs: scheduling.closedMs ?? scheduling.scheduledMs,
    artifact: momentum,
    patterns: (record?.patterns ?? []).map(({ id, summary }) => ({ id, summary, seenNow: seen.has(id) })),
    problems,
    spending: spentBy(scheduling),
  };
}

export async function patchAccount(reader: Reader, scheduling: Scheduling): Promise<PatchAccount | null> {
  const what = payloads.PatchIn.safeParse(scheduling.input);
  const done = payloads.PatchOut.safeParse(scheduling.result);
  if (!what.success || !done.success) return null;
  const patch = await reader.read(Patch, done.data.patch);
  return {
    atMs: scheduling.closedMs ?? scheduling.scheduledMs,
    duty: what.data.duty,
    artifact: done.data.patch,
    base: what.data.skill,
    candidate: done.data.candidate,
    rationale: patch?.rationale ?? '',
    applied: patch?.applied ?? [],
    refused: patch?.refused ?? [],
    flags: patch?.flags ?? [],
    noPatchReason: patch?.noPatchReason ?? null,
    spending: spentBy(scheduling),
  };
}
