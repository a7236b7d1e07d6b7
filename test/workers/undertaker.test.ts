import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { activityIdOf } from '../../activities/activity-id';
import { openStore } from '../../store/artifact-store';
import { isBlamed, recordDeath } from '../../store/worker-deaths';
import { mustRunAlone, openPlaces } from '../../workers/running-activities';
import { causeOf, watchSilences, type DeathEvidence } from '../../workers/undertaker';
import { isNeighbour, isOfThisMachine, ownRecord, type WorkerRecord } from '../../workers/worker-record';

const nothing: DeathEvidence = { exit: null, restarted: false, outOfMemory: false };

it.each<[string, Partial<DeathEvidence>, boolean]>([
  ['a fault of native code', { exit: { signal: 'SIGSEGV', code: null } }, true],
  ['an abort, as of a heap that is full', { exit: { signal: 'SIGABRT', code: null } }, true],
  ['an error that nothing caught', { exit: { signal: null, code: 1 } }, true],
  ['a kill while the system killed for memory', { exit: { signal: 'SIGKILL', code: null }, outOfMemory: true }, true],
  ['worker and supervisor killed for memory', { outOfMemory: true }, true],
  ['kill -9 by somebody', { exit: { signal: 'SIGKILL', code: null } }, false],
  ['kill -9 of worker and supervisor', {}, false],
  [
    'a SIGTERM that it did not outlive, in a shortage of memory',
    { exit: { signal: 'SIGTERM', code: null }, outOfMemory: true },
    false,
  ],
  ['a restart of the machine', { restarted: true, outOfMemory: true }, false],
])('blames what a worker did for %s: %j, %s', (_what, evidence, blamed) => {
  expect(isBlamed(causeOf({ ...nothing, ...evidence }))).toBe(blamed);
});

it('lets one that must be alone wait for the others, and the others for it', async () => {
  const places = openPlaces();
  const order: string[] = [];
  const enter = async (name: string, alone: boolean): Promise<() => void> => {
    const leave = await places.enter(alone);
    order.push(name);
    return leave;
  };
  const [first, second] = await Promise.all([enter('first', false), enter('second', false)]);
  const alone = enter('alone', true);
  const later = enter('later', false);
  first();
  await Promise.resolve();
  expect(order).toEqual(['first', 'second']);
  second();
  const leave = await alone;
  await Promise.resolve();
  expect(order).toEqual(['first', 'second', 'alone']);
  leave();
  await later;
  expect(order).toEqual(['first', 'second', 'alone', 'later']);
});

it('takes a worker of another machine for gone when it has not beaten for a minute of our clock, whatever its own says', () => {
  let nowMs = 5_000;
  const silences = watchSilences(() => nowMs);
  const look = (...workers: [id: string, beatAt: string][]): void =>
    silences.note(workers.map(([id, beatAt]) => ({ id, beatAt })));
  // Its clock is an hour behind.
  for (; nowMs < 200_000; nowMs += 1000) {
    look(['slow', new Date(nowMs - 3_600_000).toISOString()], ['dead', 'long ago']);
    expect(silences.isGone('slow')).toBe(false);
    expect(silences.isGone('dead')).toBe(nowMs > 65_000);
  }
  // We were stopped, and it may have been too.
  look(['back', 'before']);
  nowMs += 600_000;
  look(['back', 'before']);
  expect(silences.isGone('back')).toBe(false);
  // What leaves the list is forgotten, and starts anew when it comes back.
  look();
  look(['dead', 'long ago']);
  expect(silences.isGone('dead')).toBe(false);
});

it('takes only those for neighbours whose pids it can see: not the same host name on another machine', () => {
  const own: WorkerRecord = {
    ...ownRecord('own', 'queue'),
    ...{ state: 'serving', running: 0, beatAt: new Date().toISOString(), oomKills: null },
  };
  expect(isNeighbour(own)).toBe(true);
  for (const other of [{ host: 'elsewhere' }, { machine: 'another' }, { pidSpace: 'pid:[1]' }]) {
    expect(isNeighbour({ ...own, ...other })).toBe(false);
  }
  // This machine before its restart, or a copy of it that runs beside it.
  const earlier = { ...own, boot: 'another' };
  expect([isNeighbour(earlier), isOfThisMachine(earlier)]).toEqual([false, true]);
});

it('lets an attempt run alone after two deaths, and leaves it to the attempt to meet a store that cannot be read', async () => {
  const root = mkdtempSync(join(tmpdir(), 'skillgrad-alone-'));
  const store = await openStore(root);
  const scheduling = { workflowExecution: { workflowId: 'run', runId: 'first' }, activityId: '7' };
  const death = { worker: 'w', cause: 'crash', detail: 'SIGSEGV', at: '2026-01-01T00:00:00.000Z' } as const;
  const third = { ...scheduling, attempt: 3 };
  await recordDeath(store, activityIdOf(scheduling), 1, death);
  expect(await mustRunAlone(store, third)).toBe(false);
  await recordDeath(store, activityIdOf(scheduling), 2, death);
  expect(await mustRunAlone(store, third)).toBe(true);

  const folder = join(root, 'named', 'deaths', activityIdOf(scheduling));
  rmSync(folder, { recursive: true });
  mkdirSync(dirname(folder), { recursive: true });
  writeFileSync(folder, 'a file where a folder should be');
  expect(await mustRunAlone(store, third)).toBe(false);
  rmSync(root, { recursive: true });
});
