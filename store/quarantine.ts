import { z } from 'zod';
import type { ArtifactStore } from './artifact-store';

/** Why a task of a run is left out: executing or scoring it has ended its worker, or its code, too often. */
export const Quarantine = z.object({
  taskId: z.string(),
  stage: z.enum(['execute', 'score']),
  /** One sentence for people, the same wherever it is shown. */
  reason: z.string(),
  at: z.string(),
});
export type Quarantine = z.infer<typeof Quarantine>;

/** Who let a task back in, and why. */
export const Release = z.object({ by: z.string(), note: z.string().nullable(), at: z.string() });
type Release = z.infer<typeof Release>;

const folderOf = (run: string, taskId: string): string => `quarantine/${run}/task-${encodeURIComponent(taskId)}`;

/** Numbers of a task's entries and releases; it is in quarantine while the former are ahead. */
async function counts(
  store: ArtifactStore,
  run: string,
  taskId: string,
): Promise<{ entries: number; releases: number }> {
  const names = await store.listNamed(folderOf(run, taskId));
  const entries = names.filter((name) => name.startsWith('entry-')).length;
  return { entries, releases: names.length - entries };
}

/** How often a task of a run has been let back in. */
export async function releasesOf(store: ArtifactStore, run: string, taskId: string): Promise<number> {
  return (await counts(store, run, taskId)).releases;
}

/** The quarantine that a task of a run is in, or null. */
export async function quarantineOf(store: ArtifactStore, run: string, taskId: string): Promise<Quarantine | null> {
  const { entries, releases } = await counts(store, run, taskId);
  if (entries <= releases) return null;
  return store.readNamed(Quarantine, `${folderOf(run, taskId)}/entry-${entries}`);
}

/** Puts a task in quarantine; one that is there stays as it is. Returns what it is in for. */
export async function enterQuarantine(store: ArtifactStore, run: string, entry: Quarantine): Promise<Quarantine> {
  const { entries, releases } = await counts(store, run, entry.taskId);
  const number = Math.max(entries, releases + 1);
  const name = `${folderOf(run, entry.taskId)}/entry-${number}`;
  await store.createNamed(name, entry);
  return (await store.readNamed(Quarantine, name)) ?? entry;
}

/** Lets a task back in; false where it isn't in quarantine. */
export async function releaseFromQuarantine(
  store: ArtifactStore,
  run: string,
  taskId: string,
  release: Release,
): Promise<boolean> {
  const { entries, releases } = await counts(store, run, taskId);
  if (entries <= releases) return false;
  return store.createNamed(`${folderOf(run, taskId)}/release-${entries}`, release);
}

/** All tasks of a run that are in quarantine, by id. */
export async function quarantinedTasks(store: ArtifactStore, run: string): Promise<Quarantine[]> {
  const found: Quarantine[] = [];
  for (const name of await store.listNamed(`quarantine/${run}`)) {
    const entry = await quarantineOf(store, run, decodeURIComponent(name.slice('task-'.length)));
    if (entry !== null) found.push(entry);
  }
  return found;
}
