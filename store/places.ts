import path from 'node:path';
import type { ArtifactRef } from '../records/artifact';
import { Fault } from '../records/fault';

/** The parts of an object's name, each a plain file name: a name may hold what a user chose. */
function partsOf(name: string): string[] {
  const parts = name.split('/');
  const bad = parts.find((part) => /^\.{0,2}$|[\\\0]/.test(part) || Buffer.byteLength(part) > 200);
  if (bad === undefined) return parts;
  throw new Fault(`object ${JSON.stringify(name)}: expected plain names between slashes, got ${JSON.stringify(bad)}`, {
    type: 'store.bad-name',
    retryable: false,
    fix: 'use a name of letters, digits, points and hyphens, at most 200 bytes',
  });
}

/** Where the store in `root` has an artifact. */
export function fileOfArtifact(root: string, ref: ArtifactRef): string {
  return path.join(root, 'sha256', ref.slice(7, 9), ref.slice(7));
}

/** Where the store in `root` has a named object; throws `store.bad-name`. */
export function fileOfName(root: string, name: string): string {
  return path.join(root, 'named', ...partsOf(name));
}

/** Where a collection puts an artifact aside; whoever still wants it brings it back from there. */
export function condemnedFile(file: string): string {
  return `${file}.condemned`;
}
