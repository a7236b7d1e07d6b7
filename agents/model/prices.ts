import { calcPrice } from '@pydantic/genai-prices';
import type { Price, RunPlan } from '../../records/plan';
import { Role, type RunConfig } from '../../records/run-config';
import { toNanoUsd, type TokenUsage } from '../../records/usage';

/**
 * The price of a model, or null when it is unknown: never 0, never the list price of another provider.
 *
 * The user's table (by model name) wins over the data bundled with `@pydantic/genai-prices`, which is asked by the
 * provider's base URL, so that a gateway or a local server has no price unless the user gives one. A budget needs an
 * upper bound: where a price depends on the length of the prompt or the time of day, the highest one counts. Models
 * that are also priced by the request have none here. Takes some milliseconds: ask once a run.
 *
 * @param provider the endpoint's base URL, or `simulator:<seed>`
 * @param at the day whose prices are wanted
 */
export function priceOf(
  model: string,
  provider: string,
  table: RunConfig['prices'],
  at: Date = new Date(),
): Price | null {
  const own = Object.hasOwn(table, model) ? table[model] : undefined;
  if (own) return { inputUsd: own.inputUsd, outputUsd: own.outputUsd, cachedUsd: null, label: own.label };

  const hours = Array.from({ length: 24 }, (_, hour) => bundledPrice(model, provider, atHour(at, hour)));
  return hours.reduce((a, b) => (a && b ? highest(a, b) : null));
}

/**
 * Prices by role: today's, but what was frozen of models that are the same as before, at a price that is the same.
 *
 * @param before the plan that the settings are changed of; null: there is none
 */
export function pricesFor(before: Pick<RunPlan, 'config' | 'prices'> | null, config: RunConfig): RunPlan['prices'] {
  const entries = Role.options.map((role) => {
    const model = config.models[role];
    const [now, then] = [config.prices[model], before?.config.prices[model]];
    const same = model === before?.config.models[role] && JSON.stringify(now) === JSON.stringify(then);
    return [role, same ? before.prices[role] : priceOf(model, config.provider, config.prices)];
  });
  return Object.fromEntries(entries) as RunPlan['prices'];
}

/** What tokens cost in USD, to the nano-dollar; null when the price is unknown. */
export function costOf(usage: TokenUsage, price: Price | null): number | null {
  if (!price) return null;
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  const input = (usage.inputTokens - cached) * price.inputUsd + cached * (price.cachedUsd ?? price.inputUsd);
  return toNanoUsd((input + usage.outputTokens * price.outputUsd) / 1e6);
}

function bundledPrice(model: string, provider: string, timestamp: Date): Price | null {
  const found = calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerApiUrl: provider, timestamp });
  if (!found) return null;
  const inputUsd = highestTier(found.model_price['input_mtok']);
  const outputUsd = highestTier(found.model_price['output_mtok']);
  if (inputUsd === null || outputUsd === null || found.model_price['requests_kcount'] !== undefined) return null;
  return {
    inputUsd,
    outputUsd,
    cachedUsd: highestTier(found.model_price['cache_read_mtok']),
    label: `${found.provider.id} ${found.model.id} (@pydantic/genai-prices)`,
  };
}

type BundledRate = NonNullable<ReturnType<typeof calcPrice>>['model_price'][string];

function highestTier(rate: BundledRate): number | null {
  if (rate === undefined || typeof rate === 'number') return rate ?? null;
  return Math.max(rate.base, ...rate.tiers.map((tier) => tier.price));
}

function highest(a: Price, b: Price): Price {
  const cachedUsd = a.cachedUsd === null || b.cachedUsd === null ? null : Math.max(a.cachedUsd, b.cachedUsd);
  return {
    inputUsd: Math.max(a.inputUsd, b.inputUsd),
    outputUsd: Math.max(a.outputUsd, b.outputUsd),
    cachedUsd,
    label: a.label,
  };
}

function atHour(day: Date, hour: number): Date {
  const time = new Date(day);
  time.setUTCHours(hour, 45, 0, 0);
  return time;
}
