import type { ArtifactRef } from '../records/artifact';
import { Fault } from '../records/fault';
import { RunPlan } from '../records/plan';
import { Task } from '../records/task';
import type { PreparedRun } from '../records/stages';
import type { TaskEntry } from '../records/task';
import type { ArtifactStore } from '../store/artifact-store';

const plans = new Map<ArtifactRef, RunPlan>();
const cached = 8;

/** Reads a run's frozen plan, kept in memory since it never changes. Throws `store.other` in a foreign store. */
export async function readPlan(store: ArtifactStore, ref: ArtifactRef): Promise<RunPlan> {
  let plan = plans.get(ref);
  if (plan === undefined) {
    plan = await store.getJson(RunPlan, ref);
    if (plans.size >= cached) plans.delete(plans.keys().next().value ?? ref);
    plans.set(ref, plan);
  }
  if (plan.storeId !== store.id) {
    throw new Fault(`run ${plan.run} belongs to store ${plan.storeId}, this worker uses ${store.id} (${store.root})`, {
      type: 'store.other',
      retryable: false,
      fix: 'start the worker with the SKILLGRAD_HOME of the run, then resume',
    });
  }
  return plan;
}

/** The plan's entry of a task, whichever pool it is in. */
export function entryOf(plan: RunPlan, taskId: string): TaskEntry {
  const entry = [plan.training, plan.validation, plan.heldOut].flat().find(({ id }) => id === taskId);
  if (entry === undefined) {
    throw new Fault(`run ${plan.run} has no task ${taskId}`, {
      type: 'plan.unknown-task',
      retryable: false,
      fix: 'this is a defect of SkillGrad: please report it',
    });
  }
  return entry;
}

export async function readTask(store: ArtifactStore, plan: RunPlan, taskId: string): Promise<Task> {
  return store.getJson(Task, entryOf(plan, taskId).task);
}

/** What a run's workflow is told of its frozen plan. */
export function preparedRun(plan: RunPlan, ref: ArtifactRef, warnings: string[]): PreparedRun {
  const { prices: _prices, sandboxLimits: _limits, notify: _notify, ...config } = plan.config;
  return {
    plan: ref,
    skillName: plan.skillName,
    seedSkill: plan.seedSkill,
    config,
    sizes: { training: plan.training.length, validation: plan.validation.length, heldOut: plan.heldOut.length },
    excluded: plan.excluded.length,
    warnings,
  };
}
