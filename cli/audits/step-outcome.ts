import type { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { ControlAuthor } from '../../records/control';
import { EditedCandidate, type Approval } from '../../records/review';
import type { RunPlan } from '../../records/plan';
import type { MeasurementAccount, ReviewAccount, StepAccount } from './account';
import type { Happenings } from './happenings';

const actions: Record<string, ReviewAccount['action']> = { approve: 'approve', reject: 'reject', edit: 'edit' };
const Word = ControlAuthor.extend({ candidate: ArtifactRef, edited: EditedCandidate.optional() });

/** A person's word on a candidate. */
type GivenWord = z.infer<typeof Word> & { atMs: number; action: ReviewAccount['action'] };

/** What decides on patches: the gates' measurements, and what people said. */
export interface Deciders {
  /** Whether the run has a gate. */
  gated: boolean;
  /** By their workflow's id and the run id of the epoch that started them. */
  gates: ReadonlyMap<string, MeasurementAccount>;
  /** null: no patch waits for a person. */
  approval: Approval | null;
  words: GivenWord[];
  /** When the run was told to stop; Infinity if it never was. */
  stopMs: number;
}

/** Collects what decides on a run's patches from the histories of the run itself, `own`, and from its gates. */
export function decidersOf(
  own: readonly Happenings[],
  gates: Deciders['gates'],
  config: RunPlan['config'] | undefined,
): Deciders {
  const controls = own.flatMap((one) => one.controls).filter(({ failed }) => failed === null);
  const words = controls.flatMap(({ name, argument, atMs }): GivenWord[] => {
    const action = actions[name];
    const word = Word.safeParse(argument);
    return action === undefined || !word.success ? [] : [{ ...word.data, action, atMs }];
  });
  const stops = controls.filter(({ name }) => name === 'stop').map(({ atMs }) => atMs);
  return {
    gated: config?.gate.policy !== 'none',
    gates,
    approval: config?.approve ?? null,
    words,
    stopMs: Math.min(...stops, Infinity),
  };
}

/** How a gate is found from the epoch that started it. */
export const gateKey = (workflowId: string, parentRunId: string | null): string => `${workflowId} ${parentRunId}`;

/**
 * Enters gate, review and decision of a step.
 *
 * @param wentOn the epoch did something after the decision
 */
export function enterOutcome(step: StepAccount, happenings: Happenings, deciders: Deciders, wentOn: boolean): void {
  const { execution, closedMs } = happenings;
  const gateOf = (suffix: string): MeasurementAccount | null =>
    deciders.gates.get(gateKey(`${execution.workflowId}/gate-${step.step}${suffix}`, execution.runId)) ?? null;
  step.gate = gateOf('');
  const accepts = (gate: MeasurementAccount | null): boolean | null =>
    deciders.gated ? (gate?.said?.verdict?.accepted ?? null) : true;
  const { patch } = step;
  if (patch === null) return;
  if (patch.candidate === null) {
    step.accepted = false;
    return;
  }
  step.accepted = accepts(step.gate);
  if (step.accepted !== true || deciders.approval === null) return;
  const askedMs = Math.max(patch.atMs, step.gate?.endedMs ?? 0);
  const ended = { closedMs: closedMs ?? Infinity, wentOn };
  step.review = reviewOf(deciders, deciders.approval, patch.candidate, askedMs, ended);
  step.editedGate = step.review?.edited === undefined ? null : gateOf('-edited');
  if (step.review === null) step.accepted = null;
  else step.accepted = step.review.edited ? accepts(step.editedGate) : step.review.action === 'approve';
}

/** What was decided on a candidate that waited from `askedMs` on: by a person, or in want of one; null: nothing yet. */
function reviewOf(
  { words, stopMs }: Deciders,
  { timeout }: Approval,
  candidate: ArtifactRef,
  askedMs: number,
  { closedMs, wentOn }: { closedMs: number; wentOn: boolean },
): ReviewAccount | null {
  const word = words.find((one) => one.candidate === candidate && one.atMs >= askedMs && one.atMs <= closedMs);
  if (word !== undefined) {
    const { atMs, action, by, note = '', edited } = word;
    return { atMs, action, by, note, ...(edited === undefined ? {} : { edited }) };
  }
  if (!wentOn) return null;
  const dueMs = timeout === null || timeout.then === 'pause' ? Infinity : askedMs + timeout.ms;
  if (stopMs <= dueMs) {
    return { atMs: stopMs, action: 'reject', by: null, note: 'the run was told to stop before the review' };
  }
  return {
    atMs: dueMs,
    action: timeout?.then === 'accept' ? 'approve' : 'reject',
    by: null,
    note: 'no review came in time',
  };
}
