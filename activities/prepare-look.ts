import { priceOf } from '../agents/model/prices';
import type { RunPlan } from '../records/plan';
import type { RunConfig } from '../records/run-config';
import type { ScheduleSettings } from '../records/schedule';
import type { PreparedLook, PreparedRun } from '../records/stages';
import { answerersOf } from './compare';
import type { Dependencies } from './dependencies';
import { readLooks } from './looks';
import { readRollouts } from './pages';
import { preparedRun, readPlan } from './plan';

/** The delivery's plan in another run's name, with the schedule's model as the executor. */
async function planFor({ store }: Dependencies, run: string, settings: ScheduleSettings): Promise<RunPlan> {
  // Nothing is reused, of a fork's forerunners either: the answers of today are what a look is about.
  const plan: RunPlan = { ...(await readPlan(store, settings.plan)), run, origin: null, reuses: [] };
  const { model } = settings;
  if (model === plan.config.models.executor) return plan;
  const config: RunConfig = { ...plan.config, models: { ...plan.config.models, executor: model } };
  const executor = priceOf(model, config.provider, config.prices);
  return { ...plan, config, prices: { ...plan.prices, executor } };
}

/**
 * Freezes what a look of a schedule goes by: the tasks, prompts and seeds of the delivery, so that the same model is asked
 * the same and only another one gives other answers; and what earlier looks have found.
 */
export async function prepareLook(deps: Dependencies, run: string, settings: ScheduleSettings): Promise<PreparedLook> {
  const { store } = deps;
  const plan = await planFor(deps, run, settings);
  const delivered = await readRollouts(store, settings.delivered);
  const deliveredIds = new Set(delivered.map(({ taskId }) => taskId));
  const looks = await readLooks(store, settings.series);
  const last = looks.filter(({ verdict }) => verdict !== null).at(-1);
  const known = last ?? {
    model: (await readPlan(store, settings.plan)).config.models.executor,
    answerers: await answerersOf(store, delivered),
  };
  return {
    plan: await store.putJson(plan),
    // A task that was left out of the delivery has its place among them.
    tasks: plan.heldOut.findLastIndex(({ id }) => deliveredIds.has(id)) + 1,
    known: { model: known.model, answerers: known.answerers },
    started: looks.findLast(({ started }) => started !== null)?.started ?? null,
  };
}

/** Freezes an optimisation that starts from the delivered skill, with the delivery's tasks and settings. */
export async function prepareOptimisation(
  deps: Dependencies,
  run: string,
  settings: ScheduleSettings,
): Promise<{ prepared: PreparedRun; config: RunConfig }> {
  const base = await planFor(deps, run, settings);
  // A delivery that was only measured has its settings too.
  const config: RunConfig = { ...base.config, method: 'skillgrad', budget: settings.optimise ?? base.config.budget };
  const plan: RunPlan = { ...base, config, seedSkill: settings.skill };
  return { prepared: preparedRun(plan, await deps.store.putJson(plan), []), config };
}
