import { z } from 'zod';

/** Name of an immutable blob in the artifact store: `sha256:` and 64 hex digits of its bytes' digest. */
export const ArtifactRef = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256:<64 hex digits>');
export type ArtifactRef = z.infer<typeof ArtifactRef>;

/** One file of a tree in the store; `path` is relative with forward slashes, `mode` the permission bits. */
export const TreeEntry = z.object({
  path: z.string().min(1),
  mode: z.number().int(),
  artifact: ArtifactRef,
});
export type TreeEntry = z.infer<typeof TreeEntry>;

/** A folder's content, entries sorted by path; its own artifact is its identity (a skill version is one). */
export const Tree = z.object({ entries: z.array(TreeEntry) });
export type Tree = z.infer<typeof Tree>;

/** A file in memory. */
export interface FileEntry {
  path: string;
  mode: number;
  bytes: Uint8Array;
}
