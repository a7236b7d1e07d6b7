import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mount = (folder: string, size: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'skillgrad-test', folder]).status === 0;

/** Mounts a disk of `size` (as `64k`) on a folder, made if need be; the function returned takes it away again. */
export function mountSmallDisk(folder: string, size: string): () => void {
  mkdirSync(folder, { recursive: true });
  if (!mount(folder, size)) throw new Error(`no disk could be mounted on ${folder}`);
  return () => {
    // Lazily: a process that is about to end may still have a file of it open.
    const { status, stderr } = spawnSync('umount', ['-l', folder]);
    if (status !== 0) throw new Error(`${folder}: ${stderr.toString()}`);
  };
}

/** Whether this user may mount a disk here. */
export function mountingWorks(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'skillgrad-disk-'));
  try {
    const works = mount(folder, '64k');
    if (works) spawnSync('umount', [folder]);
    return works;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes away the disk that is mounted on a folder, if one is. */
export function unmountDisk(folder: string): void {
  spawnSync('umount', ['-l', folder]);
}

/** Mounts the disk on a folder read-only or writable; false where it can't be, as while a file of it is open for writing. */
export function remountDisk(folder: string, mode: 'ro' | 'rw'): boolean {
  return spawnSync('mount', ['-o', `remount,${mode}`, folder]).status === 0;
}
