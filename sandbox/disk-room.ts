import * as fs from 'node:fs';
import { SandboxFault } from './errors';

/**
 * Checks that a disk has room for what the limits let code write; else a full disk would look like a failure of the code.
 * @throws SandboxFault 'disk'
 */
export function requireDiskRoom(directory: string, bytes: number): void {
  const { bavail, bsize, files, ffree } = fs.statfsSync(directory);
  if (bavail * bsize < bytes) {
    const mb = (value: number): string => `${Math.floor(value / 1024 ** 2)} MB`;
    throw new SandboxFault('disk', `The disk of ${directory}: expected ${mb(bytes)} free, got ${mb(bavail * bsize)}`);
  }
  if (files > 0 && ffree === 0) throw new SandboxFault('disk', `The disk of ${directory} has no free inode`);
}
