import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { GateVerdict } from '../../records/gate';
import type { StepSummary } from '../../records/progress';
import { argumentOf, outcomesIn, type Event } from './history-events';

/** A step of a run as far as its patch is concerned; null verdict: no gate. */
export type PatchedStep = Pick<StepSummary, 'patch' | 'accepted' | 'verdict' | 'skill'>;

/** The version that a run has got to, and what it has learnt; read from histories, so that no worker is needed. */
export interface BestSoFar {
  plan: ArtifactRef;
  skill: ArtifactRef;
  momentum: ArtifactRef | null;
  /** The steps that have been written to pages, and those since. */
  stepPages: ArtifactRef | null;
  steps: PatchedStep[];
}

const Learnt = z.object({
  skill: ArtifactRef,
  momentum: ArtifactRef.nullable(),
  stepPages: ArtifactRef.nullable(),
});
const Prepared = z.object({ plan: ArtifactRef, seedSkill: ArtifactRef });
const OptimizeArgument = z.object({ state: z.object({ prepared: Prepared, epochState: Learnt }).optional() });
const EpochArgument = z.object({ plan: ArtifactRef, state: Learnt });
const EpochAnswer = z.object({ state: Learnt });
const Accumulated = z.object({ status: z.literal('done'), momentum: ArtifactRef });
const Patched = z.object({ status: z.literal('done'), patch: ArtifactRef, candidate: ArtifactRef.nullable() });
const Gated = z.object({ verdict: GateVerdict });

/**
 * What an unfinished run would deliver now: the version that the last gate left current; null before it is prepared.
 *
 * @param gated whether patches go through a gate; without one each candidate becomes the current version
 */
export async function bestSoFar(
  client: Client,
  run: string,
  gated: (plan: ArtifactRef) => Promise<boolean>,
): Promise<BestSoFar | null> {
  const outer = await readEvents(client, run);
  const { state } = OptimizeArgument.parse(argumentOf(outer));
  const prepared =
    state?.prepared ??
    outcomesIn(outer)
      .map(({ value }) => parsed(Prepared, value))
      .find(Boolean);
  if (!prepared) return null;
  const best: BestSoFar = {
    plan: prepared.plan,
    skill: prepared.seedSkill,
    momentum: null,
    stepPages: null,
    steps: [],
    ...state?.epochState,
  };
  for (const { kind, value } of outcomesIn(outer)) {
    if (kind === 'epoch') Object.assign(best, parsed(EpochAnswer, value)?.state);
  }
  const open = openEpoch(outer);
  return open === null ? best : { ...best, ...(await learntIn(client, open, () => gated(prepared.plan))) };
}

/** What an epoch has learnt up to now: its candidates become current as the gate decides. */
async function learntIn(
  client: Client,
  workflowId: string,
  gated: () => Promise<boolean>,
): Promise<Pick<BestSoFar, 'skill' | 'momentum' | 'stepPages' | 'steps'> | null> {
  let events: Event[];
  try {
    events = await readEvents(client, workflowId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
  const learnt = { ...EpochArgument.parse(argumentOf(events)).state };
  const hasGate = await gated();
  const steps: PatchedStep[] = [];
  let candidate: ArtifactRef | null = null;
  for (const { kind, value } of outcomesIn(events)) {
    if (kind === 'accumulate') learnt.momentum = parsed(Accumulated, value)?.momentum ?? learnt.momentum;
    const patched = kind === 'patch' ? parsed(Patched, value) : undefined;
    if (patched) {
      candidate = patched.candidate;
      steps.push({ patch: patched.patch, accepted: false, verdict: null, skill: learnt.skill });
    }
    const verdict = kind === 'evaluate' ? parsed(Gated, value)?.verdict : undefined;
    const last = steps.at(-1);
    if (last === undefined || candidate === null) continue;
    if (verdict) last.verdict = verdict;
    if (patched ? hasGate : verdict?.accepted !== true) continue;
    learnt.skill = candidate;
    Object.assign(last, { accepted: true, skill: candidate });
  }
  return { ...learnt, steps };
}

async function readEvents(client: Client, workflowId: string): Promise<Event[]> {
  return (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
}

/** Id of the epoch that has been started and not completed. */
function openEpoch(events: readonly Event[]): string | null {
  let open: string | null = null;
  for (const event of events) {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    if (started?.workflowType?.name === 'epoch') open = started.workflowExecution?.workflowId ?? null;
    if (event.childWorkflowExecutionCompletedEventAttributes?.workflowType?.name === 'epoch') open = null;
  }
  return open;
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  return schema.safeParse(value).data;
}
