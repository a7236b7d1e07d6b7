import type { ArtifactRef } from '../../records/artifact';
import type { StepSummary } from '../../records/progress';
import { canonicalJson } from '../../store/artifact-store';
import { confirm } from '../../workflows/confirmation';
import { comparison, leftOut, verdictOf } from '../../workflows/evaluation-rule';
import type { Account, MeasurementAccount, StepAccount } from './account';
import type { AuditedRun } from './build-account';
import type { Happenings } from './happenings';
import * as payloads from './payloads';
import { isTakenBack, type Rewind } from './rewinds';

/** Decisions made again from the recorded scores, and the way of the skill's version, against what is recorded. */
export function checkDecisions({ account, happenings, rewinds }: AuditedRun): string[] {
  const { phases } = account;
  const all = phases.filter((phase) => phase.kind === 'step');
  const steps = all.filter(({ takenBack }) => !takenBack).sort((a, b) => a.step - b.step);
  const measurements = phases.filter((phase) => phase.kind === 'measurement');
  return [
    ...[...measurements, ...all.flatMap(({ gate, editedGate }) => [gate ?? [], editedGate ?? []].flat())].flatMap(
      checkMeasurement,
    ),
    ...checkVersions(steps),
    ...checkEpochs(steps, happenings, rewinds),
    ...checkCancelled(account, steps),
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
  for (const [index, step] of steps.entries()) {
    const { step: number, skillBefore, skillAfter, rollouts, patch, accepted } = step;
    const before = steps[index - 1]?.skillAfter;
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
function checkEpochs(
  steps: readonly StepAccount[],
  happenings: readonly Happenings[],
  rewinds: readonly Rewind[],
): string[] {
  return happenings.flatMap(({ execution, input, result }) => {
    const end = payloads.EpochOut.safeParse(result);
    const start = payloads.EpochIn.safeParse(input);
    if (execution.type !== 'epoch' || !end.success || !start.success) return [];
    if (isTakenBack(rewinds, start.data.epoch, execution.startedMs)) return [];
    const { skill, step } = end.data.state;
    const last = steps.find((one) => one.step === step && one.epoch === start.data.epoch);
    const expected = last?.skillAfter ?? start.data.state.skill;
    return skill === expected
      ? []
      : [`${execution.workflowId} handed on skill ${skill}, its last step left ${expected}`];
  });
}

function checkResult(
  { result, inputs, phases, quarantined, incidents }: Account,
  steps: readonly StepAccount[],
  measurements: MeasurementAccount[],
): string[] {
  if (result === null) return [];
  const found = checkSteps('the result', result.steps, steps, inputs);
  const best: ArtifactRef = steps.at(-1)?.skillAfter ?? result.seedSkill;
  const moved = phases.some(({ kind }) => kind === 'one-shot');
  const confirmation = measurements.findLast(({ purpose }) => purpose === 'confirmation');
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
  const ids = quarantined.map(({ taskId }) => taskId).sort();
  // A rewind gives up what had found some of them.
  if (!incidents.some(({ kind }) => kind === 'rewind') && !equal([...result.quarantined].sort(), ids)) {
    found.push(`the result has ${list(result.quarantined)} in quarantine, its histories have ${list(ids)}`);
  }
  const heldOut = measurements.findLast(({ purpose }) => purpose === 'held-out');
  const delivered = [result.heldOut.after.solved, result.heldOut.before.solved];
  const [after, before = after] = heldOut?.said?.solved ?? [];
  if (heldOut?.said && !equal(delivered, [after, before])) {
    found.push(
      `the result says ${delivered.join(' and ')} held-out tasks are solved, they were ${after} and ${before}`,
    );
  }
  return found;
}

/** Decisions as a record has them against what they come to. */
function checkSteps(
  record: string,
  summaries: readonly StepSummary[],
  steps: readonly StepAccount[],
  inputs: Account['inputs'],
): string[] {
  const isDerived = inputs !== null && inputs.content.origin !== null;
  return summaries.flatMap((summary) => {
    const step = steps.find((one) => one.step === summary.step);
    // A fork's record begins with the steps of the run that it comes from.
    if (step === undefined && isDerived && summary.epoch < (steps[0]?.epoch ?? Infinity)) return [];
    if (step === undefined) return [`${record} has a step ${summary.step}, no history does`];
    const { patch, accepted, skillAfter, gate, review, editedGate } = step;
    const said = summary.review ?? null;
    const recorded = [summary.patch, summary.accepted, summary.skill, summary.verdict, said];
    const expected = [
      review?.edited?.patch ?? patch?.artifact ?? null,
      accepted === true,
      skillAfter,
      (review?.edited ? editedGate : gate)?.said?.verdict ?? null,
      review === null ? null : { action: review.action, by: review.by, note: review.note },
    ];
    return equal(recorded, expected)
      ? []
      : [`${record} says of step ${summary.step} ${canonicalJson(recorded)}, its history ${canonicalJson(expected)}`];
  });
}

/** What was kept of a cancelled run against its steps. */
function checkCancelled({ cancelled, inputs }: Account, steps: readonly StepAccount[]): string[] {
  if (cancelled === null) return [];
  const left = steps.at(-1)?.skillAfter ?? inputs?.content.seedSkill;
  return [
    ...checkSteps('what was kept', cancelled.steps, steps, inputs),
    ...(steps.length === 0 || cancelled.skill === left
      ? []
      : [`what was kept has skill ${cancelled.skill}, the last step left ${left}`]),
  ];
}

const list = (ids: readonly string[]): string => (ids.length === 0 ? 'no task' : `task ${ids.join(', ')}`);

const equal = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
