import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { collect, type CollectOptions, type Collected } from '../../store/collect';
import { condemnedFile, fileOfArtifact } from '../../store/places';
import { enterQuarantine } from '../../store/quarantine';
import { verifyStore } from '../../store/verify-store';
import { age, randomStore, writeRandomStore } from './random-stores';

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

async function freshStore(): Promise<ArtifactStore> {
  const root = mkdtempSync(join(tmpdir(), 'skillgrad-collect-'));
  roots.push(root);
  return openStore(root);
}

const hourMs = 3_600_000;
function run(store: ArtifactStore, over: Partial<CollectOptions> = {}): Promise<Collected> {
  return collect(store, {
    olderThanMs: Date.now() - hourMs,
    forget: null,
    outside: () => Promise.resolve([]),
    isRunning: () => false,
    dryRun: false,
    ...over,
  });
}

it('keeps all that kept runs and histories need, takes all else that is old, and leaves what is young', async () => {
  await fc.assert(
    fc.asyncProperty(randomStore, fc.constantFrom(null, 'a', 'b'), async (random, forget) => {
      const store = await freshStore();
      const { refs, outside, needed } = await writeRandomStore(store, random);
      const options = { forget, outside: () => Promise.resolve(outside) };
      const wouldGo = await run(store, { ...options, dryRun: true });
      const went = await run(store, options);
      expect(went).toEqual(wouldGo);
      const there = refs.filter((ref) => existsSync(fileOfArtifact(store.root, ref)));
      const live = needed(forget);
      expect(there).toEqual(refs.filter((ref, index) => live.has(ref) || !random.artifacts[index]?.old));
      expect((await run(store, options)).artifacts.files).toBe(0);
    }),
    { numRuns: 25 },
  );
});

it('leaves an artifact that is stored again, or asked for, while it collects', async () => {
  const store = await freshStore();
  const [stored, lost] = [await store.putJson({ old: 1 }), await store.putJson({ old: 2 })];
  for (const ref of [stored, lost]) age(fileOfArtifact(store.root, ref));
  await run(store, {
    outside: async () => {
      expect(await store.putJson({ old: 1 })).toBe(stored);
      return [];
    },
  });
  expect((await store.getBytes(stored)).toString()).toBe('{"old":1}');
  await expect(store.getBytes(lost)).rejects.toMatchObject({ type: 'store.missing' });
});

it('keeps what becomes referred to while it looks', async () => {
  const store = await freshStore();
  const ref = await store.putJson({ old: 1 });
  age(fileOfArtifact(store.root, ref));
  await run(store, {
    outside: async () => {
      await store.createNamed('journal/new-run/patch/ending', { claim: 1, result: { patch: ref } });
      return [];
    },
  });
  expect(await store.getBytes(ref)).toBeDefined();
});

it('gives back what a collection that was killed had put aside, to readers, to writers and to the next collection', async () => {
  const store = await freshStore();
  const refs = await Promise.all([1, 2, 3].map((number) => store.putJson({ number })));
  const aside = (): void => refs.forEach((ref) => renameSync(fileOf(ref), condemnedFile(fileOf(ref))));
  const fileOf = (ref: string): string => fileOfArtifact(store.root, ref);
  aside();
  expect((await store.getBytes(refs[0] ?? '')).toString()).toBe('{"number":1}');
  expect(await store.putJson({ number: 2 })).toBe(refs[1]);
  await store.createNamed('journal/a/patch/ending', { claim: 1, result: refs });
  await run(store);
  for (const ref of refs) expect(existsSync(fileOf(ref))).toBe(true);
});

it('takes what a cut write left behind once its process is gone, and not before', async () => {
  const store = await freshStore();
  const file = fileOfArtifact(store.root, await store.putJson({ number: 1 }));
  const [dead, alive, young] = [111, 222, 333].map((pid) => `${file}.${pid}.0123456789ab.tmp`) as [
    string,
    string,
    string,
  ];
  for (const leftover of [dead, alive, young]) writeFileSync(leftover, 'half');
  for (const leftover of [dead, alive]) age(leftover);
  const { leftovers } = await run(store, { isRunning: (pid) => pid === 222 });
  expect(leftovers.files).toBe(1);
  expect([dead, alive, young].map((leftover) => existsSync(leftover))).toEqual([false, true, true]);
});

it('keeps what a cancelled run and a look have left, drops all of a forgotten run, and leaves workers alone', async () => {
  const store = await freshStore();
  const [skill, look, own] = [await store.putJson(1), await store.putJson(2), await store.putJson(3)];
  const cancelled = await store.putJson({ skill });
  for (const ref of [skill, look, own, cancelled]) age(fileOfArtifact(store.root, ref));
  await store.createNamed('runs/a/cancelled-1', { cancelled });
  await store.createNamed('schedules/weekly-1/look-1', { skill: look });
  await store.createNamed('runs/b/cancelled-1', { cancelled: own });
  const death = { worker: 'w', cause: 'crash', detail: 'SIGSEGV', at: '' };
  await store.createNamed('deaths/b/epoch-1/run-id/7/attempt-000001', death);
  await enterQuarantine(store, 'b', { taskId: '1/2', stage: 'execute', reason: '', at: '' });
  const beat = join(store.root, 'workers', 'w', 'worker.json');
  mkdirSync(join(beat, '..'), { recursive: true });
  writeFileSync(beat, '{}');
  age(beat);
  expect((await verifyStore(store, new Map())).damage).toEqual([]);
  const { artifacts, named, leftovers } = await run(store, { forget: 'b' });
  expect([artifacts.files, named.files, leftovers.files]).toEqual([1, 3, 0]);
  for (const ref of [skill, look, cancelled]) expect(await store.getBytes(ref)).toBeDefined();
  expect(existsSync(beat)).toBe(true);
});
