import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import type { JournaledAnswer } from '../../store/journal-entries';
import { openJournal, SupersededError, type Journal } from '../../store/journal';
import { spentBy } from '../../store/read-journal';

let root: string;
let store: ArtifactStore;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'journal-'));
  store = await openStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const bound = { calls: 1, tokens: 900, costUsd: 0.09 };
const spending = { calls: 1, tokens: 100, costUsd: 0.01 };
const usage = { inputTokens: 60, outputTokens: 40, cachedTokens: 0 };
const open = (owner = 'scheduling-1'): Promise<Journal> => openJournal(store, 'run', 'execute-a', owner);
const id = (journal: Journal, turn: number): string => `${journal.key}#${turn}.0`;

const answer = (journal: Journal, turn: number) => ({
  ...{ turn, callId: id(journal, turn), thought: 'ok', calls: [], finishReason: 'stop', usage, spending },
  ...{ durationMs: 5, responseModel: 'model', seedDropped: false },
});

async function takeTurn(journal: Journal, turn: number): Promise<void> {
  await journal.intend(turn, id(journal, turn), bound);
  await endTurn(journal, await journal.keepAnswer(answer(journal, turn)));
}

async function endTurn(journal: Journal, { claim: paidBy, ...kept }: JournaledAnswer): Promise<void> {
  await journal.append({
    paidBy,
    callId: kept.callId,
    turn: { ...kept, observations: [], sandboxMs: 0 },
    spending,
    workDir: null,
    seedDropped: false,
  });
}

it('gives a later attempt the turns that are journaled, and goes on with the next', async () => {
  const first = await open();
  await takeTurn(first, 1);
  await takeTurn(first, 2);
  const second = await open();
  expect(second.turns.map(({ turn }) => turn.turn)).toEqual([1, 2]);
  expect(second.claim).toBe(first.claim + 1);
  expect(second.spending()).toEqual({ calls: 2, tokens: 200, costUsd: 0.02 });
});

it('stops an attempt before its next call once another has claimed the chain', async () => {
  const first = await open();
  await takeTurn(first, 1);
  await open();
  await expect(first.intend(2, id(first, 2), bound)).rejects.toThrow(SupersededError);
  await expect(first.fence()).rejects.toThrow(SupersededError);
  // The call was not made: nothing of it is settled.
  expect((await open()).spending()).toEqual(spending);
});

it('keeps a paid answer whose tools never ran, so that the call is not made again', async () => {
  const first = await open();
  await first.intend(1, id(first, 1), bound);
  await first.keepAnswer(answer(first, 1));
  const second = await open();
  expect(await second.answered(1)).toMatchObject({ callId: id(first, 1), claim: first.claim });
  expect(second.spending()).toEqual(spending);
  expect(second.lostCalls()).toEqual([]);
});

it('settles a call whose answer got lost at its full bound, and a refused one at nothing', async () => {
  const first = await open();
  await first.intend(1, id(first, 1), bound);
  const second = await open();
  expect(second.lostCalls()).toEqual([id(first, 1)]);
  expect(second.spending()).toEqual(bound);
  await second.intend(1, id(second, 1), bound);
  await second.voidCall(1, 'model.rate-limit');
  expect(second.spending()).toEqual(bound);
});

it('counts for a scheduling only what its own attempts spent', async () => {
  await takeTurn(await open('scheduling-1'), 1);
  const later = await open('scheduling-2');
  expect(later.spending()).toEqual({ calls: 0, tokens: 0, costUsd: 0 });
  await takeTurn(later, 2);
  expect(later.spending()).toEqual(spending);
});

it('tells an attempt that can claim nothing what those before it spent, with and without the journal of theirs', async () => {
  const first = await open();
  await takeTurn(first, 1);
  await first.intend(2, id(first, 2), bound);
  await takeTurn(await open('scheduling-2'), 2);
  const both = { calls: 2, tokens: 1000, costUsd: 0.1 };
  expect(await spentBy(store, 'run', 'execute-a', 'scheduling-1')).toEqual(both);
  expect(await spentBy(store, 'run', null, 'scheduling-1')).toEqual(both);
  expect(await spentBy(store, 'run', 'execute-b', 'scheduling-1')).toEqual({ calls: 0, tokens: 0, costUsd: 0 });
});

it('records one ending, whichever attempt is quicker', async () => {
  const [first, second] = [await open(), await open()];
  await second.finish({ result: 'second' });
  await first.finish({ result: 'first' });
  expect(first.ending()).toEqual({ result: 'second' });
  expect((await open()).ending()).toEqual({ result: 'second' });
});

describe('a run that reuses another one', () => {
  const derived = (): Promise<Journal> => openJournal(store, 'fork', 'execute-a', 'scheduling-9', ['none', 'run']);

  it('goes on after the turns that the other has finished, and settles none of them', async () => {
    const origin = await open();
    await takeTurn(origin, 1);
    await origin.intend(2, id(origin, 2), bound);
    await origin.keepAnswer(answer(origin, 2));
    const journal = await derived();
    expect(journal.turns.map(({ callId }) => callId)).toEqual(['run/execute-a#1.0']);
    const pending = await journal.answered(2);
    expect(pending?.callId).toBe('run/execute-a#2.0');
    expect([journal.spending().calls, journal.lostCalls()]).toEqual([0, []]);
    if (pending !== null) await endTurn(journal, pending);
    await takeTurn(journal, 3);
    expect(journal.spending()).toEqual(spending);
    expect((await open('scheduling-2')).turns).toHaveLength(1);
  });

  it('has the result that is there at its first attempt, and nothing of what comes later', async () => {
    const origin = await open();
    await takeTurn(origin, 1);
    const journal = await derived();
    await takeTurn(origin, 2);
    await origin.finish({ solved: true });
    const again = await derived();
    expect([again.turns.length, again.ending()]).toEqual([1, undefined]);
    await expect(journal.fence()).rejects.toThrow(SupersededError);
    const late = await openJournal(store, 'late', 'execute-a', 'scheduling-9', ['run']);
    expect([late.turns.length, late.ending()]).toEqual([2, { solved: true }]);
  });
});
