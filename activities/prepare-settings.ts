import { pricesFor } from '../agents/model/prices';
import type { ArtifactRef } from '../records/artifact';
import { Fault } from '../records/fault';
import type { RunPlan } from '../records/plan';
import { Role, RunConfig } from '../records/run-config';
import { withChange, type SettingsChange } from '../records/settings';
import type { InForce } from '../records/stages';
import type { Dependencies } from './dependencies';
import { preparedRun, readPlan } from './plan';

/**
 * Freezes the plan that a run goes on with after changes of its settings; it names the one before.
 *
 * @throws Fault `price.unknown` where a cap on USD couldn't be kept with a new model
 */
export async function prepareSettings(
  { store }: Dependencies,
  ref: ArtifactRef,
  changes: readonly SettingsChange[],
): Promise<InForce> {
  const before = await readPlan(store, ref);
  const config = RunConfig.parse(changes.reduce(withChange<RunConfig>, before.config));
  const prices = pricesFor(before, config);
  const unpriced = Role.options.find(
    (role) => prices[role] === null && config.models[role] !== before.config.models[role],
  );
  if (unpriced !== undefined && config.budget.costUsd !== null) {
    const model = config.models[unpriced];
    throw new Fault(`no price is known for ${model}, so the cap of ${config.budget.costUsd} USD could not be kept`, {
      type: 'price.unknown',
      retryable: false,
      fix: `give one with \`skillgrad set RUN --price ${model}=IN/OUT\`, or set another model; then \`skillgrad resume RUN\``,
    });
  }
  const plan: RunPlan = { ...before, config, prices, changedFrom: ref };
  const { plan: renewed, config: shown } = preparedRun(plan, await store.putJson(plan), []);
  return { plan: renewed, config: shown };
}
