import { addSpending, noSpending, type Spending } from '../records/usage';
import type { ArtifactStore } from './artifact-store';
import { CallIntent, Claim, JournaledAnswer, JournaledTurn } from './journal-entries';
import { isReused } from './reused-journal';

/**
 * All that a run has paid for by its journals, whichever workflow settled it: each answer, and each call whose answer
 * was lost or is under way at its full bound. What it took over from other runs is theirs.
 */
export async function spentByRun(store: ArtifactStore, run: string): Promise<Spending> {
  let sum = noSpending;
  for (const key of await store.listNamed(`journal/${run}`)) sum = addSpending(sum, await spentIn(store, run, key));
  return sum;
}

async function spentIn(store: ArtifactStore, run: string, key: string): Promise<Spending> {
  const base = `journal/${run}/${key}`;
  const names = await store.listNamed(base);
  const read = async <T>(prefix: string, one: (name: string) => Promise<T | null>): Promise<T[]> => {
    const found = await Promise.all(
      names.filter((name) => name.startsWith(prefix)).map((name) => one(`${base}/${name}`)),
    );
    return found.filter((entry) => entry !== null);
  };
  const turns = await read('turn-', (name) => store.readNamed(JournaledTurn, name));
  const answers = await read('answer-', (name) => store.readNamed(JournaledAnswer, name));
  const kept = answers.filter(({ turn }) => !turns.some((entry) => entry.turn.turn === turn));
  const answered = [
    ...turns.map(({ paidBy, turn, spending }) => ({ claim: paidBy, turn: turn.turn, spending })),
    ...kept.map(({ claim, turn, spending }) => ({ claim, turn, spending })),
  ];
  const [first] = await read('claim-000001', (name) => store.readNamed(Claim, name));
  const own = answered.filter(({ claim }) => claim !== 1 || first === undefined || !isReused(first.owner));
  const intents = await read('call-', async (name) =>
    names.includes((name.split('/').at(-1) ?? '').replace('call-', 'void-')) ? null : store.readNamed(CallIntent, name),
  );
  const lost = intents.filter(
    ({ claim, turn }) => !answered.some((entry) => entry.claim === claim && entry.turn === turn),
  );
  return [...own.map(({ spending }) => spending), ...lost.map(({ bound }) => bound)].reduce(addSpending, noSpending);
}
