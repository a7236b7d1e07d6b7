import { isFault } from '../../records/fault';
import type { Role } from '../../records/run-config';
import type { Spending } from '../../records/usage';
import type { ArtifactStore } from '../../store/artifact-store';
import { CallIntent, Claim, Ending, JournaledAnswer, JournaledTurn, VoidedCall } from '../../store/journal-entries';

/** The journal of one chain of model calls, as all its attempts have left it. */
export interface Chain {
  key: string;
  role: Role;
  /** Who claimed it when, in order; the first has number 1. */
  claims: Claim[];
  turns: JournaledTurn[];
  /** Answers whose turn was never finished. */
  unfinished: JournaledAnswer[];
  /** Calls that were refused, with the fault. */
  refused: VoidedCall[];
  /** Calls that were made and whose answer never became durable: settled at the most they can have cost. */
  lost: CallIntent[];
  /** undefined while it is open. */
  result: unknown;
}

const roles: [RegExp, Role][] = [
  [/^execute-/, 'executor'],
  [/^diagnose-/, 'diagnoser'],
  [/^accumulate-/, 'accumulator'],
  [/^patch-/, 'patcher'],
];

/** Who made a chain's calls, from its journal's name. */
function roleOf(key: string): Role {
  const role = roles.find(([pattern]) => pattern.test(key))?.[1];
  if (role === undefined) throw new Error(`journal ${key}: expected the name of a stage before its first hyphen`);
  return role;
}

/** All journals of a run, by name; those that can't be read are left out and named in `problems`. */
export async function readChains(store: ArtifactStore, run: string, problems: string[]): Promise<Chain[]> {
  const chains: Chain[] = [];
  for (const key of await store.listNamed(`journal/${run}`)) {
    try {
      chains.push(await readChain(store, run, key));
    } catch (error) {
      if (!isFault(error) || error.type !== 'store.corrupt') throw error;
      problems.push(`journal ${key} is left out of this account: ${error.message}`);
    }
  }
  return chains;
}

async function readChain(store: ArtifactStore, run: string, key: string): Promise<Chain> {
  const base = `journal/${run}/${key}`;
  const chain: Chain = {
    ...{ key, role: roleOf(key), claims: [], turns: [], unfinished: [], refused: [], lost: [], result: undefined },
  };
  const answers: JournaledAnswer[] = [];
  const intents: CallIntent[] = [];
  for (const name of await store.listNamed(base)) {
    const object = `${base}/${name}`;
    const kind = name.split('-')[0];
    if (kind === 'claim') pushIfThere(chain.claims, await store.readNamed(Claim, object));
    if (kind === 'turn') pushIfThere(chain.turns, await store.readNamed(JournaledTurn, object));
    if (kind === 'answer') pushIfThere(answers, await store.readNamed(JournaledAnswer, object));
    if (kind === 'void') pushIfThere(chain.refused, await store.readNamed(VoidedCall, object));
    if (kind === 'call') pushIfThere(intents, await store.readNamed(CallIntent, object));
    if (kind === 'ending') chain.result = (await store.readNamed(Ending, object))?.result;
  }
  chain.unfinished = answers.filter(({ turn }) => turn > chain.turns.length);
  const same = (a: { turn: number; claim: number }, b: { turn: number; claim: number }): boolean =>
    a.turn === b.turn && a.claim === b.claim;
  const paid = [...chain.turns.map(({ turn, paidBy }) => ({ turn: turn.turn, claim: paidBy })), ...chain.unfinished];
  chain.lost = intents.filter(
    (intent) => !chain.refused.some((one) => same(one, intent)) && !paid.some((one) => same(one, intent)),
  );
  return chain;
}

function pushIfThere<T>(list: T[], entry: T | null): void {
  if (entry !== null) list.push(entry);
}

/** What some calls took: `model` is the one that the answer says it came from; the one asked for where none came. */
export interface CallCost {
  model: string | null;
  lost: boolean;
  spending: Spending;
}

/** The calls of a chain that were paid for by one scheduling of an activity. */
export function callsOf(chain: Chain, owner: string): CallCost[] {
  const owns = (claim: number): boolean => chain.claims[claim - 1]?.owner === owner;
  return [
    ...chain.turns
      .filter(({ paidBy }) => owns(paidBy))
      .map(({ turn, spending }) => ({ model: turn.responseModel, lost: false, spending })),
    ...chain.unfinished
      .filter(({ claim }) => owns(claim))
      .map(({ responseModel, spending }) => ({ model: responseModel, lost: false, spending })),
    ...chain.lost.filter(({ claim }) => owns(claim)).map(({ bound }) => ({ model: null, lost: true, spending: bound })),
  ];
}
