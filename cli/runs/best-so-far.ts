import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { GateVerdict } from '../../records/gate';
import type { RunConfig } from '../../records/run-config';
import { ReviewDecision } from '../../records/review';
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

/** Who decides on a run's patches. */
export interface Judges {
  gate: boolean;
  person: boolean;
}

/** Who decides on the patches of a run with these settings. */
export function judges({ gate, approve }: Pick<RunConfig, 'gate' | 'approve'>): Judges {
  return { gate: gate.policy !== 'none', person: approve !== null };
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
const Relayed = z.object({ review: ReviewDecision });
const Begun = z.object({ skill: ArtifactRef });

/**
 * What an unfinished run would deliver now: the version that the last gate left current; null before it is prepared.
 *
 * @param judgedBy who decides on the patches of a plan; without anybody each candidate becomes the current version
 */
export async function bestSoFar(
  client: Client,
  run: string,
  judgedBy: (plan: ArtifactRef) => Promise<Judges>,
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
  return open === null ? best : { ...best, ...(await learntIn(client, open, await judgedBy(prepared.plan))) };
}

/** What an epoch has learnt up to now: its candidates become current as the gate decides. */
async function learntIn(
  client: Client,
  workflowId: string,
  { gate, person }: Judges,
): Promise<Pick<BestSoFar, 'skill' | 'momentum' | 'stepPages' | 'steps'> | null> {
  let events: Event[];
  try {
    events = await readEvents(client, workflowId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
  const learnt = { ...EpochArgument.parse(argumentOf(events)).state };
  const steps: PatchedStep[] = [];
  let candidate: ArtifactRef | null = null;
  let isEdited = false;
  const accept = (): void => {
    if (candidate === null) return;
    learnt.skill = candidate;
    Object.assign(steps.at(-1) ?? {}, { accepted: true, skill: candidate });
  };
  for (const { kind, input, value } of outcomesIn(events)) {
    if (kind === 'accumulate') learnt.momentum = parsed(Accumulated, value)?.momentum ?? learnt.momentum;
    // The next step says which version the last one left, also where a review's time ran out.
    const begun = kind === 'accumulate' ? parsed(Begun, input) : undefined;
    if (begun && begun.skill === candidate && begun.skill !== learnt.skill) accept();
    const patched = kind === 'patch' ? parsed(Patched, value) : undefined;
    if (patched) {
      [candidate, isEdited] = [patched.candidate, false];
      steps.push({ patch: patched.patch, accepted: false, verdict: null, skill: learnt.skill });
      if (!gate && !person) accept();
    }
    const review: ReviewDecision | undefined = kind === 'control' ? parsed(Relayed, value)?.review : undefined;
    if (review !== undefined && review.candidate === candidate) {
      if (review.action === 'approve') accept();
      if (review.edited) {
        [candidate, isEdited] = [review.edited.candidate, true];
        Object.assign(steps.at(-1) ?? {}, { patch: review.edited.patch });
        if (!gate) accept();
      }
    }
    const verdict = kind === 'evaluate' ? parsed(Gated, value)?.verdict : undefined;
    const last = steps.at(-1);
    if (!verdict || last === undefined || candidate === null) continue;
    last.verdict = verdict;
    if (verdict.accepted && (!person || isEdited)) accept();
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
