import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { mountSmallDisk, remountDisk } from '../mount-disk';
import { describeSmallDisk } from '../small-disk';
import { openStore, type ArtifactStore } from '../../store/artifact-store';

let root: string;
let store: ArtifactStore;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'store-'));
  store = await openStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const text = (value: string): Uint8Array => Buffer.from(value);

it('names equal content equally, whatever the order of keys and files', async () => {
  expect(await store.putJson({ a: 1, b: { c: 2, d: [3] } })).toBe(await store.putJson({ b: { d: [3], c: 2 }, a: 1 }));
  const files = ['b', 'a'].map((path) => ({ path, mode: 0o644, bytes: text(path) }));
  const tree = await store.putTree(files);
  expect(await store.putTree([...files].reverse())).toBe(tree);
  expect((await store.getTree(tree)).map(({ path }) => path)).toEqual(['a', 'b']);
});

it('gives back a tree byte by byte with its modes', async () => {
  const files = [
    { path: 'bin/run.sh', mode: 0o755, bytes: text('#!/bin/sh\r\n') },
    { path: 'data.bin', mode: 0o600, bytes: Uint8Array.from([0, 255, 10]) },
  ];
  const read = await store.getTree(await store.putTree(files));
  expect(read.map(({ bytes, ...entry }) => ({ ...entry, bytes: Uint8Array.from(bytes) }))).toEqual(
    files.map(({ bytes, ...entry }) => ({ ...entry, bytes: Uint8Array.from(bytes) })),
  );
});

it('refuses a damaged artifact, naming it, and mends it when its content is stored again', async () => {
  const ref = await store.putBytes(text('whole'));
  appendFileSync(await store.pathOf(ref), '!');
  await expect(store.getBytes(ref)).rejects.toMatchObject({
    type: 'store.corrupt',
    message: expect.stringContaining(ref),
  });
  await store.putBytes(text('whole'));
  expect((await store.getBytes(ref)).toString()).toBe('whole');
});

it('says what is missing and where', async () => {
  const ref = `sha256:${'0'.repeat(64)}`;
  await expect(store.getBytes(ref)).rejects.toMatchObject({
    type: 'store.missing',
    message: expect.stringContaining(root),
  });
});

it('lets exactly one of many create a named object', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, (_, n) => store.createNamed('a/object', { n })));
  expect(made.filter(Boolean)).toHaveLength(1);
  const winner = made.indexOf(true);
  expect(await store.readNamed(z.object({ n: z.number() }), 'a/object')).toEqual({ n: winner });
  expect(await store.listNamed('a')).toEqual(['object']);
});

it.each(['../outside', 'a//b', 'a/../../b', '', 'a/\0'])('refuses the object name %j', async (name) => {
  await expect(async () => store.createNamed(name, {})).rejects.toMatchObject({ type: 'store.bad-name' });
});

it('keeps its identity, and two stores differ in it', async () => {
  expect((await openStore(root)).id).toBe(store.id);
  const other = mkdtempSync(join(tmpdir(), 'store-'));
  expect((await openStore(other)).id).not.toBe(store.id);
  rmSync(other, { recursive: true });
});

// A file system of 256 kB needs the right to mount one.
const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
(isRoot ? it : it.skip)('reports a full disk as a fault with its fix and leaves nothing half-written', async () => {
  const disk = join(root, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  try {
    const small = await openStore(disk);
    const kept = await small.putBytes(text('kept'));
    await expect(small.putBytes(Buffer.alloc(400_000, 1))).rejects.toMatchObject({
      type: 'store.disk-full',
      retryable: true,
      fix: expect.stringContaining('free space'),
    });
    expect((await small.getBytes(kept)).toString()).toBe('kept');
    const files = readdirSync(disk, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files).toHaveLength(2);
  } finally {
    execFileSync('umount', [disk]);
  }
});

describeSmallDisk('a store on a disk that takes nothing', () => {
  it('is opened all the same on a full one, and says what is the matter once something is stored', async () => {
    const disk = join(root, 'disk');
    const unmount = mountSmallDisk(disk, '64k');
    try {
      const { id } = await openStore(disk);
      expect(() => {
        for (;;) appendFileSync(join(disk, 'ballast'), Buffer.alloc(4096));
      }).toThrow(/ENOSPC/);
      const reopened = await openStore(disk);
      expect(reopened.id).toBe(id);
      await expect(reopened.putBytes(text('more'))).rejects.toMatchObject({ type: 'store.disk-full' });
    } finally {
      unmount();
    }
  });

  it('is called read-only when it is, whichever folders are missing', async () => {
    const disk = join(root, 'disk');
    const unmount = mountSmallDisk(disk, '64k');
    try {
      const opened = await openStore(disk);
      expect(remountDisk(disk, 'ro')).toBe(true);
      await expect(opened.putBytes(text('more'))).rejects.toMatchObject({ type: 'store.read-only' });
      await expect(opened.createNamed('journal/run/key/claim-1', {})).rejects.toMatchObject({
        type: 'store.read-only',
      });
    } finally {
      unmount();
    }
  });
});
