import type { z } from 'zod';
import { Fault } from '../records/fault';
import type { Spending } from '../records/usage';
import type { ArtifactStore } from './artifact-store';
import { takeOverJournal } from './reused-journal';
import {
  Claim,
  Ending,
  JournaledAnswer,
  type CallIntent,
  type JournaledTurn,
  type VoidedCall,
} from './journal-entries';
import { journalNumber, lostCalls, readJournal, spendingOf } from './read-journal';
import { checkRoom } from './room';

/** Thrown when another attempt has gone on with the activity: this one must stop before its next side effect. */
export class SupersededError extends Error {
  constructor(key: string, claim: number, reason = 'a later attempt has taken over') {
    super(`attempt ${claim} of ${key} stops: ${reason}`);
    this.name = 'SupersededError';
  }
}

/** The durable log of one chain of model calls, seen by the attempt that claimed it. */
export interface Journal {
  /** `<run>/<activity key>`: what the ids of its calls begin with, so that they are unique in a deployment. */
  readonly key: string;
  readonly claim: number;
  readonly turns: readonly JournaledTurn[];
  /** Result recorded by `finish`, or undefined while the chain is open. */
  ending(): unknown;
  /** Throws SupersededError if a later attempt has claimed the journal. */
  fence(): Promise<void>;
  /**
   * Records that a call is about to be made, with the most it can cost. Fences, also against an answer that is there;
   * throws a Fault where its answer might find no room.
   */
  intend(turn: number, callId: string, bound: Spending): Promise<void>;
  /** Records that the intended call was refused (a status, not an answer) and cost nothing. */
  voidCall(turn: number, fault: string): Promise<void>;
  /** The answer of a turn that is not journaled yet, whichever attempt got it; null when there is none. */
  answered(turn: number): Promise<JournaledAnswer | null>;
  /** Makes an answer durable before its tools run. Returns the one that counts: an earlier attempt's if it has one. */
  keepAnswer(answer: Omit<JournaledAnswer, 'claim' | 'at'>): Promise<JournaledAnswer>;
  /** Makes a finished turn durable; throws SupersededError if another attempt wrote that turn or has taken over. */
  append(entry: Omit<JournaledTurn, 'claim' | 'at'>): Promise<void>;
  /** Records the chain's result, unless one is recorded already: `ending` then tells that one. */
  finish(result: unknown): Promise<void>;
  /** What calls of `owner` took so far, lost ones (intended, never answered) at their full bound. */
  spending(): Spending;
  /** Ids of calls that were made and whose answers never became durable. */
  lostCalls(): string[];
}

/**
 * Opens the journal `key` of a run and claims it for a new attempt of `owner` (one scheduling of an activity). Entries
 * of earlier attempts are read; what other owners spent isn't counted again.
 *
 * @param reuses runs whose journal of this key is taken over where the run has none yet, nearest first
 */
export async function openJournal(
  store: ArtifactStore,
  run: string,
  key: string,
  owner: string,
  reuses: readonly string[] = [],
): Promise<Journal> {
  const base = `journal/${run}/${key}`;
  const name = (kind: string, ...numbers: number[]) => `${base}/${[kind, ...numbers.map(journalNumber)].join('-')}`;
  const now = () => new Date().toISOString();

  await takeOverJournal(store, reuses, run, key, now());
  const claims = (await store.listNamed(base)).filter((entry) => entry.startsWith('claim-'));
  let claim = Math.max(0, ...claims.map((entry) => Number(entry.slice('claim-'.length))));
  do claim += 1;
  while (!(await store.createNamed(name('claim', claim), { owner, at: now() })));

  // Everything is read after the claim: an earlier attempt either sees it before its next call, or has left its intent.
  const { owned, turns, ...read } = await readJournal(store, base, owner);
  let { intents, pending, ended } = read;

  async function reread<Schema extends z.ZodType>(schema: Schema, object: string): Promise<z.output<Schema>> {
    const entry = await store.readNamed(schema, object);
    if (entry !== null) return entry;
    const details = { type: 'store.missing', retryable: false, fix: 'check the disk that holds the store' };
    throw new Fault(`object ${object} was there a moment ago and is gone`, details);
  }

  async function fence(): Promise<void> {
    const later = await store.readNamed(Claim, name('claim', claim + 1));
    if (later !== null) throw new SupersededError(key, claim);
  }

  async function voidCall(turn: number, fault: string): Promise<void> {
    const voided: VoidedCall = { turn, claim, fault };
    await store.createNamed(name('void', turn, claim), voided);
    intents = intents.filter((intent) => intent.claim !== claim || intent.turn !== turn);
  }

  return {
    key: `${run}/${key}`,
    claim,
    turns,
    ending: () => ended?.result,
    fence,
    voidCall,
    intend: async (turn, callId, bound) => {
      await checkRoom(store.root);
      const intent: CallIntent = { turn, claim, callId, bound };
      // A call that is sent again without a parameter that the provider refused is still one call.
      if (await store.createNamed(name('call', turn, claim), intent)) intents.push(intent);
      try {
        await fence();
        // An earlier attempt may have been answered while this one waited for the rate limit.
        const late = await store.readNamed(JournaledAnswer, name('answer', turn));
        if (late !== null) throw new SupersededError(key, claim, `turn ${turn} has been answered meanwhile`);
      } catch (error) {
        if (error instanceof SupersededError) await voidCall(turn, 'attempt.superseded');
        throw error;
      }
    },
    answered: async (turn) => {
      if (pending?.turn !== turn) pending = await store.readNamed(JournaledAnswer, name('answer', turn));
      return pending;
    },
    keepAnswer: async (answer) => {
      const kept: JournaledAnswer = { claim, at: now(), ...answer };
      const made = await store.createNamed(name('answer', answer.turn), kept);
      pending = made ? kept : await reread(JournaledAnswer, name('answer', answer.turn));
      return pending;
    },
    append: async (entry) => {
      await fence();
      const journaled: JournaledTurn = { claim, at: now(), ...entry };
      if (!(await store.createNamed(name('turn', entry.turn.turn), journaled))) throw new SupersededError(key, claim);
      turns.push(journaled);
      pending = null;
    },
    finish: async (result) => {
      await store.createNamed(name('ending'), { claim, result });
      ended = await reread(Ending, name('ending'));
    },
    spending: () => spendingOf({ owned, intents, turns, pending }),
    lostCalls: () => lostCalls({ intents, turns, pending }).map(({ callId }) => callId),
  };
}
