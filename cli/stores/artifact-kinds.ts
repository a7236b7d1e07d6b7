import type { z } from 'zod';
import { RolloutPage, StepPage } from '../../activities/pages';
import { Tree } from '../../records/artifact';
import { Diagnosis } from '../../records/diagnosis';
import { MomentumRecord } from '../../records/momentum';
import { Patch } from '../../records/patch';
import { RunPlan } from '../../records/plan';
import { RunResult } from '../../records/progress';
import { Score } from '../../records/score';
import { Golden, Task } from '../../records/task';
import { Trajectory } from '../../records/trajectory';

/** Records by what people call them; the first that fits. */
const kinds: [string, z.ZodType][] = [
  ['trajectories', Trajectory],
  ['scores', Score],
  ['trees', Tree],
  ['tasks', Task],
  ['tasks', Golden],
  ['diagnoses', Diagnosis],
  ['patches', Patch],
  ['momentum records', MomentumRecord],
  ['pages', RolloutPage],
  ['pages', StepPage],
  ['plans and results', RunPlan],
  ['plans and results', RunResult],
];

/** What an artifact is, from its content: a kind of record, `histories`, or `files` of tasks, skills and work directories. */
export function artifactKind(bytes: Buffer): string {
  if (bytes[0] !== '{'.charCodeAt(0)) return 'files';
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'files';
  }
  if (value !== null && typeof value === 'object' && 'events' in value) return 'histories';
  return kinds.find(([, schema]) => schema.safeParse(value).success)?.[0] ?? 'files';
}
