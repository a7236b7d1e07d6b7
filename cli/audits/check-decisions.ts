import type { ArtifactRef } from '../../records/artifact';
import { canonicalJson } from '../../store/artifact-store';
import { confirm } from '../../workflows/confirmation';
import { comparison, leftOut, verdictOf } from '../../workflows/evaluation-rule';
import type { Account, MeasurementAccount, StepAccount } from './account';
import type { Happenings } from './happenings';
import * as payloads from './payloads';

/** Decisions made again from the recorded scores, and the way of the skill's version, against what is recorded. */
export function checkDecisions(account: Account, happenings: readonly Happenings[]): string[] {
  const { phases } = account;
  const steps = phases.filter((phase) => phase.kind === 'step');
  const measurements = phases.filter((phase) => phase.kind === 'measurement');
  return [
    ...[...measurements, ...steps.flatMap(({ gate }) => gate ?? [])].flatMap(checkMeasurement),
    ...checkVersions(steps),
    ...checkEpochs(steps, happenings),
    ...checkResult(account, steps, measurements),
  ];
}

function checkMeasurement({ workflowId, said, tasks, arms, gate, planned }: MeasurementAccount): string[] {
  if (said === null) return [];
  const found: string[] = [];
  const deciding = tasks.filter((task) => task.counted).map(({ solved }) => solved);
  const counted = deciding.filter((bits) => bits !== leftOut);
  const solved = arms.map((_arm, arm) => counted.filter((bits) => bits[arm] === '1').length);
  if (said.tasks !== counted.length || !equal(said.solved, solved)) {
    found.push(
      `${workflowId} says ${said.solved.join(' and ')} of ${said.tasks} tasks are solved, ` +
        `its scores come to ${solved.join(' and ')} of ${counted.length}`,
    );
  }
  const verdict = gate === null ? null : verdictOf({ stop: { kind: 'gate', gate }, tasks: planned }, deciding);
  if (!equal(said.verdict, verdict)) {
    found.push(`${workflowId} decided ${canonicalJson(said.verdict)}, its scores give ${canonicalJson(verdict)}`);
  }
  return found;
}

/** The version that a step works with is the one that the step before left, and only an accepted patch moves it. */
function checkVersions(steps: readonly StepAccount[]): string[] {
  const found: string[] = [];
  const latest = lastOfEach(steps);
  for (const [index, step] of latest.entries()) {
    const { step: number, skillBefore, skillAfter, rollouts, patch, accepted } = step;
    const before = latest[index - 1]?.skillAfter;
    if (before !== undefined && before !== skillBefore) {
      found.push(`step ${number} began with skill ${skillBefore}, the step before left ${before}`);
    }
    for (const { taskId, skill } of rollouts) {
      if (skill !== skillBefore) found.push(`step ${number} ran task ${taskId} with ${skill}, expected ${skillBefore}`);
    }
    if (patch !== null && patch.base !== skillBefore) {
      found.push(`step ${number} patched ${patch.base}, expected ${skillBefore}`);
    }
    if (skillAfter !== skillBefore && accepted !== true) {
      found.push(`step ${number} moved the skill to ${skillAfter} without an accepted patch`);
    }
  }
  return found;
}

/** What each epoch handed on, against its last step. */
function checkEpochs(steps: readonly StepAccount[], happenings: readonly Happenings[]): string[] {
  return happenings.flatMap(({ execution, input, result }) => {
    const end = payloads.EpochOut.safeParse(result);
    const start = payloads.EpochIn.safeParse(input);
    if (execution.type !== 'epoch' || !end.success || !start.success) return [];
    const { skill, step } = end.data.state;
    const last = lastOfEach(steps).find((one) => one.step === step && one.epoch === start.data.epoch);
    const expected = last?.skillAfter ?? start.data.state.skill;
    return skill === expected
      ? []
      : [`${execution.workflowId} handed on skill ${skill}, its last step left ${expected}`];
  });
}

function checkResult(
  { result, inputs, phases }: Account,
  steps: readonly StepAccount[],
  measurements: MeasurementAccount[],
): string[] {
  if (result === null) return [];
  const found: string[] = [];
  const isDerived = inputs !== null && inputs.content.origin !== null;
  for (const summary of result.steps) {
    const step = lastOfEach(steps).find((one) => one.step === summary.step);
    // A fork's result begins with the steps of the run that it comes from.
    if (step === undefined && isDerived && summary.epoch < (steps[0]?.epoch ?? Infinity)) continue;
    if (step === undefined) {
      found.push(`the result has a step ${summary.step}, no history does`);
      continue;
    }
    const verdict = step.gate?.said?.verdict ?? null;
    const recorded = [summary.patch, summary.accepted, summary.skill, summary.verdict];
    const expected = [step.patch?.artifact ?? null, step.accepted === true, step.skillAfter, verdict];
    if (!equal(recorded, expected)) {
      found.push(
        `the result says of step ${summary.step} ${canonicalJson(recorded)}, its history ${canonicalJson(expected)}`,
      );
    }
  }
  const best: ArtifactRef = lastOfEach(steps).at(-1)?.skillAfter ?? result.seedSkill;
  const moved = phases.some(({ kind }) => kind === 'one-shot');
  const confirmation = measurements.find(({ purpose }) => purpose === 'confirmation');
  const counted = confirmation?.tasks.map(({ solved }) => solved);
  if (confirmation?.said && counted?.length === confirmation.planned) {
    const { tasks, solved } = confirmation.said;
    const { finalSkill } = confirm(best, result.seedSkill, {
      tasks,
      solved,
      ...comparison(counted.filter((bits) => bits !== leftOut)),
    });
    if (finalSkill !== result.finalSkill) {
      found.push(`the result delivers skill ${result.finalSkill}, the confirmation's scores give ${finalSkill}`);
    }
  }
  if (confirmation === undefined && !moved && steps.length > 0 && result.finalSkill !== best) {
    found.push(`the result delivers skill ${result.finalSkill} unconfirmed, the last step left ${best}`);
  }
  const heldOut = measurements.find(({ purpose }) => purpose === 'held-out');
  const delivered = [result.heldOut.after.solved, result.heldOut.before.solved];
  const [after, before = after] = heldOut?.said?.solved ?? [];
  if (heldOut?.said && !equal(delivered, [after, before])) {
    found.push(
      `the result says ${delivered.join(' and ')} held-out tasks are solved, they were ${after} and ${before}`,
    );
  }
  return found;
}

/** The last account of each step: one that a reset took back comes earlier. */
function lastOfEach(steps: readonly StepAccount[]): StepAccount[] {
  return [...new Map(steps.map((step) => [step.step, step])).values()].sort((a, b) => a.step - b.step);
}

const equal = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
