import { noSpending, addSpending } from '../../records/usage';
import { leftOut, shortestPrefix } from '../../workflows/evaluation-rule';
import type { MeasurementAccount, Phase, RolloutAccount, StepAccount } from './account';
import type { Happenings } from './happenings';
import * as payloads from './payloads';
import { isTakenBack, type Rewind } from './rewinds';
import {
  accumulationAccount,
  diagnosisAccount,
  enterScore,
  patchAccount,
  rolloutAccount,
  spentBy,
  type Reader,
} from './stage-accounts';
import { enterOutcome, type Deciders } from './step-outcome';

/** An evaluation over all the executions that its workflow continued as. */
export function measurement(executions: readonly Happenings[]): MeasurementAccount | null {
  const [first] = executions;
  const last = executions.at(-1);
  const what = payloads.EvaluateIn.safeParse(first?.input);
  if (first === undefined || last === undefined || !what.success) return null;
  const { purpose, pool, arms, stop } = what.data;
  const rollouts: RolloutAccount[] = [];
  const order: string[] = [];
  const killers = new Set<string>();
  let spending = noSpending;
  for (const scheduling of executions.flatMap(({ schedulings }) => schedulings)) {
    if (scheduling.type === 'prepare') order.push(...(payloads.TasksOut.safeParse(scheduling.result).data?.ids ?? []));
    const rollout = scheduling.type === 'execute' ? rolloutAccount(scheduling) : null;
    if (rollout !== null) rollouts.push(rollout);
    if (scheduling.type === 'score') enterScore(rollouts, scheduling);
    if (payloads.LeftOut.safeParse(scheduling.result).success) {
      killers.add(payloads.LeftOutTask.parse(scheduling.input).taskId);
    }
    spending = addSpending(spending, spentBy(scheduling));
  }
  const bits = order.map((taskId) => (killers.has(taskId) ? leftOut : bitsOf(rollouts, taskId, arms)));
  const counted = shortestPrefix(what.data, bits);
  const said = payloads.EvaluateOut.safeParse(last.result);
  return {
    kind: 'measurement',
    workflowId: first.execution.workflowId,
    startedMs: first.execution.startedMs,
    endedMs: last.closedMs,
    ...{ purpose, pool, arms, rollouts, spending },
    gate: stop?.kind === 'gate' ? stop.gate : null,
    planned: what.data.tasks,
    tasks: order.flatMap((taskId, index) => {
      const solved = bits[index];
      return solved === undefined ? [] : [{ taskId, solved, counted: index < counted }];
    }),
    said: said.success ? said.data : null,
  };
}

/** One `1` or `0` an arm; undefined while an arm is not scored. */
function bitsOf(
  rollouts: readonly RolloutAccount[],
  taskId: string,
  arms: MeasurementAccount['arms'],
): string | undefined {
  const bits = arms.map(({ skill, sample }) => {
    const rollout = rollouts.find(
      (one) => one.taskId === taskId && one.skill === skill && one.sample === sample && one.score !== null,
    );
    return rollout?.score === undefined || rollout.score === null ? null : rollout.score.solved ? '1' : '0';
  });
  return bits.includes(null) ? undefined : bits.join('');
}

/**
 * The steps of one execution of an epoch, in order. A step begins with the first rollout after the patch of the one
 * before; a slow update is a patch without rollouts.
 */
export async function stepsOf(
  happenings: Happenings,
  reader: Reader,
  deciders: Deciders,
  rewinds: readonly Rewind[],
): Promise<StepAccount[]> {
  const what = payloads.EpochIn.safeParse(happenings.input);
  if (!what.success) return [];
  const { epoch, state } = what.data;
  const steps: StepAccount[] = [];
  let { skill, step: number } = state;
  const begin = (startedMs: number): StepAccount => {
    number += 1;
    const step: StepAccount = {
      kind: 'step',
      ...{ epoch, step: number, startedMs, endedMs: null, skillBefore: skill, skillAfter: skill },
      ...{ rollouts: [], diagnoses: [], accumulation: null, patch: null, gate: null, review: null, editedGate: null },
      ...{ accepted: null, takenBack: isTakenBack(rewinds, epoch, startedMs) },
      spending: noSpending,
    };
    steps.push(step);
    return step;
  };
  /** What came after the patch of a step was done with the step decided. */
  const decided = new Set<StepAccount>();
  const hasEnded = happenings.result !== undefined || happenings.continuedAs !== null;
  const finish = (step: StepAccount, isLast: boolean): void => {
    enterOutcome(step, happenings, deciders, !isLast || decided.has(step) || hasEnded);
    const { accepted, gate, editedGate, review, patch } = step;
    if (accepted === true && patch?.candidate) skill = review?.edited?.candidate ?? patch.candidate;
    step.skillAfter = skill;
    for (const one of [gate, editedGate]) step.spending = addSpending(step.spending, one?.spending ?? noSpending);
    step.endedMs =
      editedGate?.endedMs ?? review?.atMs ?? gate?.endedMs ?? step.accumulation?.atMs ?? patch?.atMs ?? null;
  };
  let current: StepAccount | null = null;
  for (const scheduling of happenings.schedulings) {
    const { type, scheduledMs } = scheduling;
    if (current !== null && current.patch !== null) decided.add(current);
    if (type === 'prepare' || type === 'deliver') continue;
    const isNext = current === null || ((type === 'execute' || type === 'patch') && current.patch !== null);
    if (isNext) {
      if (current !== null) finish(current, false);
      current = begin(scheduledMs);
    }
    const step = current ?? begin(scheduledMs);
    step.spending = addSpending(step.spending, spentBy(scheduling));
    if (type === 'execute') step.rollouts.push(...present(rolloutAccount(scheduling)));
    if (type === 'score') enterScore(step.rollouts, scheduling);
    if (type === 'diagnose') step.diagnoses.push(...present(await diagnosisAccount(reader, scheduling)));
    if (type === 'accumulate') step.accumulation = (await accumulationAccount(reader, scheduling)) ?? step.accumulation;
    if (type === 'patch') step.patch = (await patchAccount(reader, scheduling)) ?? step.patch;
    // A batch of which every task was left out has taken a number, and has no step.
    number = payloads.OfStep.safeParse(scheduling.input).data?.step ?? number;
    step.step = number;
  }
  if (current !== null) finish(current, true);
  return steps;
}

const present = <T>(value: T | null): T[] => (value === null ? [] : [value]);

/** The phases of the run itself: its preparation, a skill written in one go, and the delivery. */
export async function ownPhases(happenings: Happenings, reader: Reader): Promise<Phase[]> {
  const phases: Phase[] = [];
  for (const scheduling of happenings.schedulings) {
    const { type, scheduledMs: startedMs, closedMs: endedMs, input, result } = scheduling;
    if (type === 'prepare') phases.push({ kind: 'prepare', startedMs, endedMs });
    if (type === 'patch') {
      const patch = await patchAccount(reader, scheduling);
      if (patch !== null) phases.push({ kind: 'one-shot', startedMs, endedMs, patch });
    }
    if (type !== 'deliver' || !payloads.DeliverRunIn.safeParse(input).success) continue;
    phases.push({ kind: 'deliver', startedMs, endedMs, artifact: typeof result === 'string' ? result : null });
  }
  return phases;
}
