import { causeOf, type DeathEvidence } from '../../workers/undertaker';
import { openPlaces } from '../../workers/running-activities';
import { isBlamed } from '../../store/worker-deaths';

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
