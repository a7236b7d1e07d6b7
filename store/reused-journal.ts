import { z } from 'zod';
import type { ArtifactStore } from './artifact-store';
import { Ending, JournaledAnswer, JournaledTurn } from './journal-entries';

/** Says that a journal has been looked for in other runs: where it was found, and how far it was finished there. */
const Reused = z.object({ from: z.string().nullable(), turns: z.number().int().nonnegative() });

/** The claim that what was taken over stands under; it is nobody's, so that no attempt settles what others have paid. */
const claim = 1;

/** The owner of that claim, as people read it. */
const reusedBy = 'reused from run ';
const ownerOf = (run: string): string => `${reusedBy}${run}`;

/** Whether a claim's owner stands for another run that has paid. */
export function isReused(owner: string): boolean {
  return owner.startsWith(reusedBy);
}

const number = (n: number): string => String(n).padStart(6, '0');

/**
 * Takes over what the first of the runs `origins` that has begun the chain `key` has finished of it: turns, the answer
 * to a turn that was under way, the result. Done once, before the first attempt of the own run: what happens in the
 * other run later is its own affair.
 */
export async function takeOverJournal(
  store: ArtifactStore,
  origins: readonly string[],
  run: string,
  key: string,
  at: string,
): Promise<void> {
  const own = (name: string): string => `journal/${run}/${key}/${name}`;
  if (origins.length === 0 || (await store.readNamed(Reused, own('reused'))) !== null) return;
  for (const from of origins) {
    const theirs = (name: string): string => `journal/${from}/${key}/${name}`;
    const turns: JournaledTurn[] = [];
    for (;;) {
      const turn = await store.readNamed(JournaledTurn, theirs(`turn-${number(turns.length + 1)}`));
      if (turn === null) break;
      turns.push(turn);
    }
    const pendingName = `answer-${number(turns.length + 1)}`;
    const pending = await store.readNamed(JournaledAnswer, theirs(pendingName));
    if (turns.length === 0 && pending === null) continue;
    await store.createNamed(own(`claim-${number(claim)}`), { owner: ownerOf(from), at });
    for (const turn of turns) {
      const name = own(`turn-${number(turn.turn.turn)}`);
      await store.createNamed(name, { ...turn, claim, paidBy: claim } satisfies JournaledTurn);
      // Another attempt is ahead and has gone on by itself: nothing that follows there follows here.
      if ((await store.readNamed(JournaledTurn, name))?.claim !== claim) return;
    }
    if (pending !== null) await store.createNamed(own(pendingName), { ...pending, claim } satisfies JournaledAnswer);
    const ending = await store.readNamed(Ending, theirs('ending'));
    if (ending !== null) await store.createNamed(own('ending'), { ...ending, claim });
    await store.createNamed(own('reused'), { from, turns: turns.length } satisfies z.infer<typeof Reused>);
    return;
  }
  await store.createNamed(own('reused'), { from: null, turns: 0 } satisfies z.infer<typeof Reused>);
}
