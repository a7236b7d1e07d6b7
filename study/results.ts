import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BeforeAfter } from '../records/gain';
import { WorldName } from '../simulator/worlds/world';
import { writeState } from '../workers/state-file';
import { SettingName } from './settings';

/** One finished run of the study. Rates are from 0 to 1. */
export const StudyRun = z.object({
  world: WorldName,
  setting: SettingName,
  seed: z.number().int(),
  /** Digest of the code that made it. */
  code: z.string(),
  /** Exact chance to solve a task of the world without a skill, with the seed skill and with the delivered one. */
  expected: z.object({ noSkill: z.number(), seed: z.number(), final: z.number() }),
  heldOut: BeforeAfter,
  validation: BeforeAfter.nullable(),
  steps: z.number().int(),
  accepted: z.number().int(),
  /** Whether another version than the seed was delivered. */
  changed: z.boolean(),
  calls: z.number().int(),
});
export type StudyRun = z.infer<typeof StudyRun>;

/** What tells one run of a study from the others. */
export type Cell = Pick<StudyRun, 'world' | 'setting' | 'seed'>;

export const nameOf = ({ world, setting, seed }: Cell): string => `${world}-${setting}-${seed}`;

/**
 * Results of earlier invocations, a file each.
 *
 * @throws an Error that names file and fix for a file that is none, or one that other code made
 */
export async function readResults(folder: string, code: string): Promise<StudyRun[]> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map((name) => readResult(join(folder, name), code)));
}

async function readResult(file: string, code: string): Promise<StudyRun> {
  let run: StudyRun;
  try {
    run = StudyRun.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file} is no result of the study; delete it, and its run is made again`, { cause: error });
  }
  if (run.code === code) return run;
  throw new Error(`${file} was made by other code (${run.code}, this is ${code}); name another --dir, or delete it`);
}

/** Writes down one finished run, whole or not at all. */
export async function writeResult(folder: string, run: StudyRun): Promise<void> {
  await writeState(join(folder, `${nameOf(run)}.json`), run);
}
