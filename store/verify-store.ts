import path from 'node:path';
import type { ArtifactRef } from '../records/artifact';
import { digestOf, type ArtifactStore } from './artifact-store';
import { readIfThere } from './durable-files';
import { runOfName, takeInventory } from './inventory';
import { problemOfName } from './named-objects';
import { fileOfArtifact } from './places';
import { requiredBy, type Required } from './references';

/** Something in the store that isn't as it must be; `runs` need it, as far as the store and histories tell. */
export interface Damage {
  what: string;
  problem: string;
  runs: string[];
}

export interface Verified {
  artifacts: number;
  named: number;
  leftovers: number;
  damage: Damage[];
}

/** Something that needs artifacts: a named object, or a history. */
interface Root {
  owner: string;
  run: string | null;
  required: Required;
}

/**
 * Reads the whole store: hashes each artifact anew, parses each named object, and looks whether all that they need is
 * there. Changes nothing.
 *
 * @param outside what histories refer to that are not in the store yet, by run
 */
export async function verifyStore(
  store: ArtifactStore,
  outside: ReadonlyMap<string, Required> = new Map(),
): Promise<Verified> {
  const { artifacts, named, leftovers } = await takeInventory(store.root);
  const look = artifactChecker(store);
  const unneeded = new Map<ArtifactRef, string>();
  for (const ref of artifacts.keys()) {
    const { problem } = await look(ref);
    if (problem !== null) unneeded.set(ref, problem);
  }
  const damage: Damage[] = [];
  const roots: Root[] = [...outside].map(([run, required]) => ({ owner: `the history of ${run}`, run, required }));
  for (const name of named.keys()) {
    const bytes = await readIfThere(path.join(store.root, 'named', name));
    if (bytes === null) continue;
    const run = runOfName(name);
    const problem = problemOfName(name, bytes);
    if (problem !== null) damage.push({ what: `object ${name}`, problem, runs: run === null ? [] : [run] });
    else roots.push({ owner: `object ${name}`, run, required: requiredBy(bytes) });
  }
  const needed = await damageBelow(roots, look);
  for (const ref of needed.keys()) unneeded.delete(ref);
  for (const [ref, problem] of unneeded) {
    damage.push({ what: `artifact ${ref}`, problem: `${problem}; nothing refers to it`, runs: [] });
  }
  return {
    artifacts: artifacts.size,
    named: named.size,
    leftovers: leftovers.length,
    damage: [...damage, ...needed.values()].sort((a, b) => (a.what < b.what ? -1 : 1)),
  };
}

/** Problem of an artifact (null: whole), and what it needs if it is a record. */
export type LookAtArtifact = (ref: ArtifactRef) => Promise<{ problem: string | null; required: Required }>;

const nothing: Required = { records: new Set(), files: new Set() };

/** Reads and hashes artifacts, each once. */
export function artifactChecker({ root }: Pick<ArtifactStore, 'root'>): LookAtArtifact {
  const known = new Map<ArtifactRef, Awaited<ReturnType<LookAtArtifact>>>();
  return async (ref) => {
    const before = known.get(ref);
    if (before !== undefined) return before;
    const bytes = await readIfThere(fileOfArtifact(root, ref));
    const got = bytes === null ? null : digestOf(bytes);
    const looked =
      bytes === null
        ? { problem: 'it is not in the store', required: nothing }
        : got === ref
          ? { problem: null, required: requiredBy(bytes) }
          : { problem: `its content has the digest ${got}`, required: nothing };
    known.set(ref, looked);
    return looked;
  };
}

/** What is damaged or missing of all that `roots` need, directly or through other records. */
export async function damageBelow(roots: readonly Root[], look: LookAtArtifact): Promise<Map<ArtifactRef, Damage>> {
  const damaged = new Map<ArtifactRef, Damage>();
  const seen = new Map<string, Set<string>>();
  for (const { owner, run, required } of roots) {
    // One walk a run: what it has reached needs no second look.
    const reached = seen.get(run ?? owner) ?? new Set();
    seen.set(run ?? owner, reached);
    const open: { ref: ArtifactRef; by: string; isFile: boolean }[] = [];
    const push = ({ records, files }: Required, by: string): void => {
      for (const ref of records) open.push({ ref, by, isFile: false });
      for (const ref of files) open.push({ ref, by, isFile: true });
    };
    push(required, owner);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const { ref, by, isFile } = at;
      const mark = isFile ? `file ${ref}` : ref;
      if (reached.has(mark)) continue;
      reached.add(mark);
      const { problem, required: further } = await look(ref);
      if (problem === null) {
        if (!isFile) push(further, `artifact ${ref}`);
        continue;
      }
      const entry = damaged.get(ref) ?? { what: `artifact ${ref}`, problem: `${problem}; ${by} needs it`, runs: [] };
      if (run !== null) entry.runs = [...new Set([...entry.runs, run])].sort();
      damaged.set(ref, entry);
    }
  }
  return damaged;
}
