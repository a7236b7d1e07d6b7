import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import {
  enterQuarantine,
  quarantinedTasks,
  quarantineOf,
  releaseFromQuarantine,
  releasesOf,
} from '../../store/quarantine';
import { blamedDeaths, recordDeath, recordKilledCode } from '../../store/worker-deaths';

let root: string;
let store: ArtifactStore;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'skillgrad-quarantine-'));
  store = await openStore(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = '2026-01-01T00:00:00.000Z';
const entry = (taskId: string, reason: string) => ({ taskId, stage: 'execute', reason, at }) as const;
const release = { by: 'test', note: null, at };

it('keeps a task in quarantine until it is released, and takes it in again', async () => {
  expect(await quarantineOf(store, 'run', 'a/b')).toBeNull();
  expect(await releaseFromQuarantine(store, 'run', 'a/b', release)).toBe(false);
  await enterQuarantine(store, 'run', entry('a/b', 'first'));
  // Another rollout of the task that was under way finds it there.
  expect((await enterQuarantine(store, 'run', entry('a/b', 'later'))).reason).toBe('first');
  expect((await quarantinedTasks(store, 'run')).map(({ taskId }) => taskId)).toEqual(['a/b']);
  expect(await quarantineOf(store, 'other', 'a/b')).toBeNull();

  expect(await releaseFromQuarantine(store, 'run', 'a/b', release)).toBe(true);
  expect(await quarantinedTasks(store, 'run')).toEqual([]);
  await enterQuarantine(store, 'run', entry('a/b', 'again'));
  expect((await quarantineOf(store, 'run', 'a/b'))?.reason).toBe('again');
});

it('blames an activity for crashes alone, once an attempt', async () => {
  const activity = 'run/epoch-1/0190/12';
  const death = (cause: 'crash' | 'killed' | 'restart', detail: string) => ({ worker: 'w', cause, detail, at });
  await recordDeath(store, activity, 1, death('crash', 'SIGSEGV'));
  await recordDeath(store, activity, 1, death('crash', 'told by another worker'));
  await recordDeath(store, activity, 2, death('killed', 'SIGKILL'));
  await recordDeath(store, activity, 3, death('restart', 'a restart'));
  await recordDeath(store, activity, 10, death('crash', 'SIGABRT'));
  expect((await blamedDeaths(store, activity)).map(({ detail }) => detail)).toEqual(['SIGSEGV', 'SIGABRT']);
});

it('counts killed code by task, whichever executions it was killed in, and anew after a release', async () => {
  const death = { worker: 'w', cause: 'code-killed', detail: 'killed from outside', at } as const;
  const kill = async (run: string, taskId: string): Promise<number> =>
    recordKilledCode(store, run, taskId, await releasesOf(store, run, taskId), death);
  expect((await Promise.all([kill('run', 'a/b'), kill('run', 'a/b')])).sort()).toEqual([1, 2]);
  expect([await kill('run', 'c'), await kill('other', 'a/b'), await kill('run', 'a/b')]).toEqual([1, 1, 3]);
  await enterQuarantine(store, 'run', entry('a/b', 'killed'));
  await releaseFromQuarantine(store, 'run', 'a/b', release);
  expect(await kill('run', 'a/b')).toBe(1);
});
