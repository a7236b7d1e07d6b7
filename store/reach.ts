import type { ArtifactRef } from '../records/artifact';
import type { ArtifactStore } from './artifact-store';
import { readIfThere } from './durable-files';
import { fileOfArtifact, fileOfName } from './places';
import { mentionedIn } from './references';

/** What is mentioned where, each artifact read once; null for one that is not there. */
export type Mentions = (ref: ArtifactRef) => Promise<ReadonlySet<ArtifactRef> | null>;

/** Reads what artifacts mention; their digests are not checked here. */
export function readMentions({ root }: Pick<ArtifactStore, 'root'>): Mentions {
  const known = new Map<ArtifactRef, ReadonlySet<ArtifactRef> | null>();
  return async (ref) => {
    const before = known.get(ref);
    if (before !== undefined) return before;
    const bytes = await readIfThere(fileOfArtifact(root, ref));
    const mentions = bytes === null ? null : mentionedIn(bytes);
    known.set(ref, mentions);
    return mentions;
  };
}

/** What a named object mentions; nothing if it is gone. */
export async function mentionedByName({ root }: Pick<ArtifactStore, 'root'>, name: string): Promise<Set<ArtifactRef>> {
  const bytes = await readIfThere(fileOfName(root, name));
  return bytes === null ? new Set() : mentionedIn(bytes);
}

/** All that can be reached from `roots`, themselves included, as far as it is there. */
export async function reachableFrom(roots: Iterable<ArtifactRef>, mentions: Mentions): Promise<Set<ArtifactRef>> {
  const reached = new Set<ArtifactRef>();
  const open = [...roots];
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (reached.has(ref)) continue;
    const further = await mentions(ref);
    if (further === null) continue;
    reached.add(ref);
    open.push(...further);
  }
  return reached;
}
