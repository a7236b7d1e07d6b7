import type { Spending } from '../records/usage';
import { addSpending, noSpending } from '../records/usage';
import type { ArtifactStore } from './artifact-store';
import { CallIntent, Claim, Ending, JournaledAnswer, JournaledTurn } from './journal-entries';

/** Six digits, so that names sort as numbers do. */
export const journalNumber = (n: number): string => String(n).padStart(6, '0');

/** What a journal holds, as one of its owners (schedulings of an activity) sees it. */
export interface JournalEntries {
  /** Numbers of the owner's claims. */
  owned: ReadonlySet<number>;
  /** Calls that were about to be made and are not known to have been refused. */
  intents: CallIntent[];
  turns: JournaledTurn[];
  /** The answer of the turn that comes next. */
  pending: JournaledAnswer | null;
  ended: Ending | null;
}

/** Reads the journal in the folder `base`. Writes nothing, so that it works on a full or read-only disk. */
export async function readJournal(store: ArtifactStore, base: string, owner: string): Promise<JournalEntries> {
  const entries = await store.listNamed(base);
  const owned = new Set<number>();
  for (const entry of entries.filter((one) => one.startsWith('claim-'))) {
    const claim = await store.readNamed(Claim, `${base}/${entry}`);
    if (claim?.owner === owner) owned.add(Number(entry.slice('claim-'.length)));
  }
  const intents: CallIntent[] = [];
  for (const entry of entries.filter((one) => one.startsWith('call-'))) {
    if (entries.includes(entry.replace('call-', 'void-'))) continue;
    const intent = await store.readNamed(CallIntent, `${base}/${entry}`);
    if (intent !== null) intents.push(intent);
  }
  const turns: JournaledTurn[] = [];
  for (;;) {
    const entry = await store.readNamed(JournaledTurn, `${base}/turn-${journalNumber(turns.length + 1)}`);
    if (entry === null) break;
    turns.push(entry);
  }
  const pending = await store.readNamed(JournaledAnswer, `${base}/answer-${journalNumber(turns.length + 1)}`);
  return { owned, intents, turns, pending, ended: await store.readNamed(Ending, `${base}/ending`) };
}

type Calls = Pick<JournalEntries, 'intents' | 'turns' | 'pending'>;

/** Answers that are durable, as a turn or on their own, with the claim that paid for each. */
function answers({ turns, pending }: Calls): { claim: number; turn: number; spending: Spending }[] {
  return [
    ...turns.map(({ paidBy, turn, spending }) => ({ claim: paidBy, turn: turn.turn, spending })),
    ...(pending === null ? [] : [pending]),
  ];
}

/** Calls that were made and whose answers never became durable. */
export function lostCalls(calls: Calls): CallIntent[] {
  const paid = answers(calls);
  return calls.intents.filter(({ claim, turn }) => !paid.some((entry) => entry.claim === claim && entry.turn === turn));
}

/** What the calls of an owner took, lost ones at their full bound. */
export function spendingOf({ owned, ...calls }: Pick<JournalEntries, 'owned'> & Calls): Spending {
  return [
    ...answers(calls).flatMap(({ claim, spending }) => (owned.has(claim) ? [spending] : [])),
    ...lostCalls(calls).flatMap(({ claim, bound }) => (owned.has(claim) ? [bound] : [])),
  ].reduce(addSpending, noSpending);
}

/**
 * What an owner has spent in the journals of a run, for an attempt that can't claim one: on a full disk, say.
 *
 * @param key of the owner's journal; null when that is not known, as without the plan: all are searched
 */
export async function spentBy(store: ArtifactStore, run: string, key: string | null, owner: string): Promise<Spending> {
  let spending = noSpending;
  for (const one of key === null ? await store.listNamed(`journal/${run}`) : [key]) {
    spending = addSpending(spending, spendingOf(await readJournal(store, `journal/${run}/${one}`, owner)));
  }
  return spending;
}
