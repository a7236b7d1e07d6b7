import type { HoldInput } from '../records/stages';
import type { Dependencies } from './dependencies';

/**
 * Puts the object into the store that stops grants of a paused run. Safe to repeat. Runs as a local activity, which has no
 * heartbeats: any failure is tried again by Temporal, and none pauses the run, which is paused already.
 */
export async function hold({ store }: Dependencies, { name }: HoldInput): Promise<void> {
  await store.createNamed(name, { at: new Date().toISOString() });
}
