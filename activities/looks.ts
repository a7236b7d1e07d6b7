import { Look } from '../records/schedule';
import type { ArtifactStore } from '../store/artifact-store';

/** Name of the store's object for one look of a schedule. */
export function lookName(series: string, name: string): string {
  return `schedules/${series}/${name}`;
}

/** The looks of a schedule, the first one first. */
export async function readLooks(store: ArtifactStore, series: string): Promise<Look[]> {
  const names = await store.listNamed(`schedules/${series}`);
  const looks = await Promise.all(names.map((name) => store.readNamed(Look, lookName(series, name))));
  return looks.filter((look) => look !== null).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
