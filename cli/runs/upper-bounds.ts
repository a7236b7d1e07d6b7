import { calcPrice } from '@pydantic/genai-prices';
import { priceOf } from '../../agents/model/prices';
import { batchCount } from '../../records/mini-batches';
import type { Price, TaskPool } from '../../records/plan';
import { Role, type RunConfig } from '../../records/run-config';
import { UserError } from '../terminal/user-error';

/** Where the bundled table doesn't know a model's context window: no model on the market has a larger one by much. */
const assumedWindow = 1_048_576;

/** The most that a run can take, before a cap stops it. Calls that get lost on the way come on top. */
export interface UpperBounds {
  calls: number;
  callsByRole: Record<Role, number>;
  /** null: the price of a model that is called is unknown, and so is this. */
  costUsd: number | null;
  prices: Record<Role, Price | null>;
  /** Models that are called and whose context window had to be assumed. */
  assumedWindows: string[];
}

/**
 * Bounds the calls by turn limits and the costliest way through the run, and the cost by full context windows and answers
 * at their limit. Far above what a run takes, since most calls are short.
 *
 * @param sizes tasks of each pool
 */
export function upperBounds(config: RunConfig, sizes: Record<TaskPool, number>): UpperBounds {
  const callsByRole = mostCalls(config, sizes);
  const called = calledRoles({ callsByRole });
  const prices = Object.fromEntries(
    Role.options.map((role) => [role, priceOf(config.models[role], config.provider, config.prices)]),
  ) as UpperBounds['prices'];
  const windows = new Map(
    called.map((role) => [config.models[role], contextWindow(config.models[role], config.provider)]),
  );
  const costs = called.map((role) => {
    const price = prices[role];
    if (price === null) return null;
    const input = (windows.get(config.models[role]) ?? assumedWindow) * price.inputUsd;
    return (callsByRole[role] * (input + config.maxAnswerTokens * price.outputUsd)) / 1e6;
  });
  return {
    calls: Object.values(callsByRole).reduce((sum, calls) => sum + calls, 0),
    callsByRole,
    costUsd: costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0),
    prices,
    assumedWindows: [...windows].filter(([, window]) => window === null).map(([model]) => model),
  };
}

const calledRoles = ({ callsByRole }: Pick<UpperBounds, 'callsByRole'>): Role[] =>
  Role.options.filter((role) => callsByRole[role] > 0);

/** The most calls of each role by the method's way through the run; 0 for a role that it has no use for. */
function mostCalls(config: RunConfig, sizes: Record<TaskPool, number>): Record<Role, number> {
  const { maxTurns, method } = config;
  const none = { executor: 0, diagnoser: 0, accumulator: 0, patcher: 0 };
  switch (method) {
    case 'seed-skill':
      return { ...none, executor: sizes.heldOut * maxTurns.executor };
    case 'no-skill':
      return { ...none, executor: 2 * sizes.heldOut * maxTurns.executor };
    case 'one-shot':
      return { ...none, executor: 2 * sizes.heldOut * maxTurns.executor, patcher: maxTurns.patcher };
    case 'skillgrad':
    case 'one-pass':
      return mostCallsOfSteps(config, sizes);
    default:
      return method satisfies never;
  }
}

function mostCallsOfSteps(config: RunConfig, sizes: Record<TaskPool, number>): Record<Role, number> {
  const { maxTurns, epochs, gate, gateSamples, confirmation } = config;
  const training = Math.min(config.trainTasks, sizes.training);
  const steps = epochs * batchCount(config, training);
  const trained = config.schedule === 'epoch' ? epochs * training : steps * config.batchSize;
  const updates = steps + (config.slowUpdate ? epochs : 0);
  const gateRollouts = gate.policy === 'none' ? 0 : gateSamples * Math.min(gate.maxTasks, sizes.validation);
  const rollouts =
    sizes.training + trained + 2 * (updates * gateRollouts + (confirmation ? sizes.validation : 0) + sizes.heldOut);
  return {
    executor: rollouts * maxTurns.executor,
    diagnoser: trained * maxTurns.diagnoser,
    accumulator: steps * maxTurns.accumulator,
    patcher: updates * maxTurns.patcher,
  };
}

/** The bounds as lines for people, with the caps that the run has been given. */
export function boundsText(bounds: UpperBounds, config: RunConfig): string[] {
  const { budget, models } = config;
  const unpriced = unpricedModels(bounds, config);
  const assumed = bounds.assumedWindows.filter((model) => !unpriced.includes(model));
  const called = calledRoles(bounds);
  const byRole = called.map((role) => `${role} ${bounds.callsByRole[role].toLocaleString('en')}`).join(', ');
  const capped = [
    ...(budget.costUsd === null ? [] : [`${budget.costUsd} USD`]),
    ...(budget.calls === null ? [] : [`${budget.calls.toLocaleString('en')} calls`]),
    ...(budget.tokens === null ? [] : [`${budget.tokens.toLocaleString('en')} tokens`]),
  ];
  const rates = new Set(
    called.flatMap((role) => {
      const price = bounds.prices[role];
      return price === null
        ? []
        : [`${models[role]} $${price.inputUsd} in, $${price.outputUsd} out a million tokens: ${price.label}`];
    }),
  );
  return [
    'Upper bounds, should every task use all its turns (most runs take far less):',
    `  calls   ${bounds.calls.toLocaleString('en')} (${byRole})`,
    bounds.costUsd === null
      ? `  cost    unknown: no price is known for ${unpriced.join(', ')}`
      : `  cost    $${bounds.costUsd.toLocaleString('en', { maximumFractionDigits: 2 })}, with every context full`,
    ...[...rates].map((rate) => `  price   ${rate}`),
    ...(assumed.length === 0
      ? []
      : [`  window  unknown for ${assumed.join(', ')}; ${assumedWindow.toLocaleString('en')} tokens are assumed`]),
    `  budget  ${capped.length === 0 ? 'none' : `${capped.join(', ')}; the run pauses before it would exceed it`}`,
  ];
}

/**
 * Refuses what would spend without a limit that anybody has agreed to, or under a cap that can't be kept.
 *
 * @param agreed `--yes` was given
 * @param capOf the run whose cap on USD this one takes over; null: the cap was asked for
 * @throws UserError with the flags that help
 */
export function checkSpending(
  bounds: UpperBounds,
  config: RunConfig,
  agreed: boolean,
  capOf: string | null = null,
): void {
  const { budget } = config;
  const unpriced = unpricedModels(bounds, config);
  if (budget.costUsd !== null && unpriced.length > 0) {
    const [cap, instead] =
      capOf === null
        ? [`--budget-usd ${budget.costUsd}`, ', or cap calls or tokens instead (--budget-calls, --budget-tokens)']
        : [`The cap of ${budget.costUsd} USD is taken over from run ${capOf}`, ''];
    throw new UserError(
      `${cap}: no price is known for ${unpriced.join(', ')}, so the cap could not be kept. ` +
        `Give one with --price ${unpriced[0]}=IN/OUT in USD per million tokens${instead}. Nothing was started.`,
      2,
    );
  }
  const priced = calledRoles(bounds).some((role) => bounds.prices[role] !== null);
  const capped = budget.costUsd !== null || budget.calls !== null || budget.tokens !== null;
  if (priced && !capped && !agreed) {
    throw new UserError(
      'The model costs money and the run has no budget. Give one with --budget-usd N, or --yes to go on without. ' +
        'Nothing was started.',
      2,
    );
  }
}

function unpricedModels(bounds: UpperBounds, { models }: RunConfig): string[] {
  return [
    ...new Set(
      calledRoles(bounds)
        .filter((role) => bounds.prices[role] === null)
        .map((role) => models[role]),
    ),
  ];
}

function contextWindow(model: string, provider: string): number | null {
  const found = calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerApiUrl: provider });
  return found?.model.context_window ?? null;
}
