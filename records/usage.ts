import { z } from 'zod';

/** Tokens of one or more model calls as the provider counted them. `cachedTokens` are part of `inputTokens`. */
export const TokenUsage = z.object({
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  cachedTokens: z.number().int().nonnegative(),
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** What calls took from a budget. `costUsd` is null as soon as one of them has no known price: never 0 for unknown. */
export const Spending = z.object({
  calls: z.number().int().nonnegative(),
  tokens: z.number().nonnegative(),
  costUsd: z.number().nonnegative().nullable(),
});
export type Spending = z.infer<typeof Spending>;

export const noSpending: Spending = { calls: 0, tokens: 0, costUsd: 0 };

/**
 * An amount of USD to the nearest nano-dollar. Amounts so rounded, and their sums rounded again, are exact up to a million
 * dollars, so that the order in which calls end never shows in a total.
 */
export function toNanoUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}

/** Sum of two spendings; an unknown cost makes the sum unknown. */
export function addSpending(a: Spending, b: Spending): Spending {
  return {
    calls: a.calls + b.calls,
    tokens: a.tokens + b.tokens,
    costUsd: a.costUsd === null || b.costUsd === null ? null : toNanoUsd(a.costUsd + b.costUsd),
  };
}

/** What may still be spent; null means no cap on that quantity. */
export const Allowance = z.object({
  calls: z.number().int().nonnegative().nullable(),
  tokens: z.number().nonnegative().nullable(),
  costUsd: z.number().nonnegative().nullable(),
});
export type Allowance = z.infer<typeof Allowance>;

/** What one activity may spend, and until when it may begin calls (Unix milliseconds; null: at any time). */
export interface Grant extends Allowance {
  untilMs: number | null;
  /** The store's object that recalls the grant by being there: the run is being rewound. */
  recall: string | null;
  /** The store's object that stops the grant by being there: the run has been paused since. */
  hold: string | null;
}

export const unlimited: Grant = { calls: null, tokens: null, costUsd: null, untilMs: null, recall: null, hold: null };

/** Caps of a whole run; null = none. `hours`: the time that it may work, waits for people left out. */
export const Caps = Allowance.extend({ hours: z.number().positive().nullable() });
export type Caps = z.infer<typeof Caps>;

/** Whether `spending` stays within `allowance`. An unknown cost never fits a capped one. */
export function covers(allowance: Allowance, spending: Spending): boolean {
  return (
    (allowance.calls === null || spending.calls <= allowance.calls) &&
    (allowance.tokens === null || spending.tokens <= allowance.tokens) &&
    (allowance.costUsd === null || (spending.costUsd !== null && spending.costUsd <= allowance.costUsd + 1e-12))
  );
}
