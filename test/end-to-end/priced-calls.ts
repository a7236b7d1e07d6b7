import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Spending } from '../../records/usage';
import { addSpending, noSpending, toNanoUsd } from '../../records/usage';
import { CallIntent } from '../../store/journal-entries';
import { journaledTurns } from './call-accounts';
import type { Deployment } from './deployment';

/** A call as it reached the simulated model, with all that the run had been charged up to its answer. */
export interface PricedCall {
  arrivedAtMs: number;
  sum: Spending;
}

/** Calls of a run in order of arrival, at the price of the light run; also those that nobody waited for count. */
export function pricedCalls({ simulator }: Pick<Deployment, 'simulator'>, run: string): PricedCall[] {
  let sum = noSpending;
  return Object.values(simulator.stats().byCall)
    .flat()
    .filter(({ call }) => call.startsWith(`${run}/`))
    .sort((a, b) => a.order - b.order)
    .map(({ call, arrivedAtMs, usage }) => {
      if (usage === null) throw new Error(`call ${call} is under way, or met a fault`);
      const { inputTokens, outputTokens } = usage;
      const costUsd = toNanoUsd((inputTokens + 4 * outputTokens) / 1e6);
      sum = addSpending(sum, { calls: 1, tokens: inputTokens + outputTokens, costUsd });
      return { arrivedAtMs, sum };
    });
}

/** What a run must answer for by its journals: each answered call, and at its full bound each whose answer was lost. */
export function owedBy(
  { home }: Pick<Deployment, 'home'>,
  run: string,
): { answered: Spending; lost: Spending; all: Spending } {
  const turns = journaledTurns(home.store, run);
  const answered = turns.map(({ spending }) => spending).reduce(addSpending, noSpending);
  const paid = new Set(turns.map(({ callId, paidBy }) => `${callId} by ${paidBy}`));
  const folder = join(home.store, 'named', 'journal', run);
  // What a killed worker had not written to the end is no intent.
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.endsWith('.tmp'));
  const lost = files
    .filter((name) => basename(name).startsWith('call-') && !files.includes(name.replace('call-', 'void-')))
    .map((name) => CallIntent.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))
    .filter(({ callId, claim }) => !paid.has(`${callId} by ${claim}`))
    .map(({ bound }) => bound)
    .reduce(addSpending, noSpending);
  return { answered, lost, all: addSpending(answered, lost) };
}
