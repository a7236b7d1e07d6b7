import { join } from 'node:path';
import { z } from 'zod';
import type { Home } from '../../workers/home';
import { readState, writeState } from '../../workers/state-file';

/** Which Temporal server a run lives on. `configured`: what TEMPORAL_ADDRESS or a profile names at the time. */
export const ServerChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('embedded') }),
  z.object({ kind: z.literal('configured') }),
  z.object({ kind: z.literal('address'), address: z.string(), namespace: z.string() }),
]);
export type ServerChoice = z.infer<typeof ServerChoice>;

export const SimulatorSettings = z.object({
  seed: z.number().int(),
  latencyMs: z.number().nonnegative(),
  dataDir: z.string(),
  faults: z.array(z.string()),
});
export type SimulatorSettings = z.infer<typeof SimulatorSettings>;

/**
 * What this machine knows of a run that it started, so that `resume` can start its processes again. Kept here and not
 * in the history, since addresses of notifications may hold tokens. Never holds the model's key.
 */
export const RunRecord = z.object({
  run: z.string(),
  server: ServerChoice,
  taskQueue: z.string(),
  provider: z.string(),
  /** null: the simulator's, wherever it listens. */
  baseUrl: z.string().nullable(),
  simulator: SimulatorSettings.nullable(),
  notify: z.array(z.string()),
  rpm: z.number().nullable(),
  tpm: z.number().nullable(),
  startedAt: z.string(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** Keeps a run's record. */
export async function writeRunRecord(home: Home, record: RunRecord): Promise<void> {
  await writeState(join(home.runs, `${record.run}.json`), record);
}

/** The record of a run, null where this machine didn't start it. */
export async function readRunRecord(home: Home, run: string): Promise<RunRecord | null> {
  if (!/^[\w.-]+$/.test(run)) return null;
  return readState(join(home.runs, `${run}.json`), RunRecord);
}
