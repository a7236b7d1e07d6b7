import { RunPlan } from '../../records/plan';
import type { ArtifactRef } from '../../records/artifact';
import type { ArtifactStore } from '../../store/artifact-store';
import { readIfThere } from '../../store/durable-files';
import { runOfName, takeInventory, type StoredFile } from '../../store/inventory';
import { fileOfArtifact } from '../../store/places';
import { mentionedByName, reachableFrom, readMentions } from '../../store/reach';
import { artifactKind } from './artifact-kinds';

/** Files, their bytes, and the blocks of the disk that they take. */
export interface Amount {
  files: number;
  bytes: number;
  diskBytes: number;
}

/** What a run takes. `shared` of it other runs need too; `tasks` are those of its plan, null while it has none here. */
export interface RunUsage {
  run: string;
  total: Amount;
  shared: Amount;
  kinds: Record<string, Amount>;
  tasks: number | null;
  rollouts: number;
}

export interface StoreUsage {
  total: Amount;
  runs: RunUsage[];
  /** Artifacts that no run refers to, and what writes have left behind. */
  unreferenced: Amount;
  leftovers: Amount;
}

/**
 * Adds up what each run takes.
 *
 * @param outside what histories that the store has no copy of refer to, by run
 */
export async function storeUsage(
  store: ArtifactStore,
  outside: ReadonlyMap<string, ReadonlySet<ArtifactRef>>,
): Promise<StoreUsage> {
  const { artifacts, named, leftovers } = await takeInventory(store.root);
  const roots = new Map<string, Set<ArtifactRef>>([...outside].map(([run, refs]) => [run, new Set(refs)]));
  const objects = new Map<string, [string, StoredFile][]>();
  const ownerless = new Set<ArtifactRef>();
  for (const [name, file] of named) {
    const run = runOfName(name);
    const mentioned = await mentionedByName(store, name);
    if (run === null) {
      for (const ref of mentioned) ownerless.add(ref);
      continue;
    }
    objects.set(run, [...(objects.get(run) ?? []), [name, file]]);
    roots.set(run, new Set([...(roots.get(run) ?? []), ...mentioned]));
  }

  const mentions = readMentions(store);
  const reached = new Map<string, Set<ArtifactRef>>();
  for (const [run, refs] of roots) reached.set(run, await reachableFrom(refs, mentions));
  const users = new Map<ArtifactRef, number>();
  for (const refs of reached.values()) for (const ref of refs) users.set(ref, (users.get(ref) ?? 0) + 1);
  for (const ref of await reachableFrom(ownerless, mentions)) users.set(ref, (users.get(ref) ?? 0) + 1);

  const kindOf = kindReader(store);
  const runs: RunUsage[] = [];
  for (const run of [...reached.keys()].sort()) {
    const usage: RunUsage = { run, total: none(), shared: none(), kinds: {}, tasks: null, rollouts: 0 };
    const enter = (kind: string, file: StoredFile): void => {
      add((usage.kinds[kind] ??= none()), file);
      add(usage.total, file);
    };
    for (const [name, file] of objects.get(run) ?? []) {
      enter(name.startsWith('journal/') ? 'journals' : 'names', file);
      if (/^journal\/[^/]+\/execute-[^/]+\/ending$/.test(name)) usage.rollouts += 1;
    }
    for (const ref of reached.get(run) ?? []) {
      const file = artifacts.get(ref);
      if (file === undefined) continue;
      const kind = await kindOf(ref);
      if (kind === 'plans and results') usage.tasks ??= await tasksOf(store, ref);
      enter(kind, file);
      if ((users.get(ref) ?? 0) > 1) add(usage.shared, file);
    }
    runs.push(usage);
  }
  return {
    total: sum([...artifacts.values(), ...named.values(), ...leftovers]),
    runs,
    unreferenced: sum([...artifacts].flatMap(([ref, file]) => (users.has(ref) ? [] : [file]))),
    leftovers: sum(leftovers),
  };
}

function kindReader({ root }: ArtifactStore): (ref: ArtifactRef) => Promise<string> {
  const known = new Map<ArtifactRef, string>();
  return async (ref) => {
    const before = known.get(ref);
    if (before !== undefined) return before;
    const kind = artifactKind((await readIfThere(fileOfArtifact(root, ref))) ?? Buffer.alloc(0));
    known.set(ref, kind);
    return kind;
  };
}

/** The number of a plan's tasks; null for a result. */
async function tasksOf(store: ArtifactStore, ref: ArtifactRef): Promise<number | null> {
  const plan = RunPlan.safeParse(JSON.parse((await store.getBytes(ref)).toString('utf8')));
  if (!plan.success) return null;
  return plan.data.training.length + plan.data.validation.length + plan.data.heldOut.length;
}

const none = (): Amount => ({ files: 0, bytes: 0, diskBytes: 0 });

function add(amount: Amount, { bytes, diskBytes }: StoredFile): void {
  amount.files += 1;
  amount.bytes += bytes;
  amount.diskBytes += diskBytes;
}

function sum(files: readonly StoredFile[]): Amount {
  const amount = none();
  for (const file of files) add(amount, file);
  return amount;
}
