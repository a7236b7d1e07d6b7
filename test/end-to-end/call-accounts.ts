import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JournaledTurn } from '../../store/journal-entries';
import type { Deployment } from './deployment';

/** What became of a run's model calls: the simulator's log joined with the journal by call id. */
export interface CallAccounts {
  /** Calls whose turn is durably journaled. */
  completed: number;
  /** Ids asked for again after their turn was journaled: paid twice. */
  repeated: string[];
  /** Answers that were sent and never journaled, so that their call was made again: at most one an activity and crash. */
  lost: string[];
}

/** Every journaled turn of a run, in no order. */
export function journaledTurns(storeRoot: string, run: string): JournaledTurn[] {
  const folder = join(storeRoot, 'named', 'journal', run);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)turn-\d+$/.test(name))
    .map((name) => JournaledTurn.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

/** Joins what the simulator was asked for a run with what its journal holds. Throws when a turn has no call to it. */
export function accountCalls({ simulator, home }: Pick<Deployment, 'simulator' | 'home'>, run: string): CallAccounts {
  const journaledAt = new Map(journaledTurns(home.store, run).map(({ callId, at }) => [callId, Date.parse(at)]));
  const { byCall } = simulator.stats();
  const unheard = [...journaledAt.keys()].filter((call) => !(call in byCall));
  if (journaledAt.size === 0 || unheard.length > 0)
    throw new Error(`journaled, never asked for: ${unheard.join(', ')}`);
  const repeated: string[] = [];
  const lost: string[] = [];
  for (const [call, arrivals] of Object.entries(byCall)) {
    if (!call.startsWith(`${run}/`)) continue;
    const at = journaledAt.get(call);
    for (const arrival of arrivals) if (at !== undefined && arrival.arrivedAtMs > at) repeated.push(call);
    const answers = arrivals.filter(({ result }) => result === 'answered').length;
    for (let extra = at === undefined ? 0 : 1; extra < answers; extra += 1) lost.push(call);
  }
  return { completed: journaledAt.size, repeated, lost };
}
