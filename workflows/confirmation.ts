import type { ArtifactRef } from '../records/artifact';
import type { BeforeAfter } from '../records/gain';
import type { EvaluateResult } from '../records/workflows';

/** What a run delivers after the confirmation, and what people are told of it. */
export interface Confirmed {
  finalSkill: ArtifactRef;
  /** Why the seed is delivered; null when it isn't. */
  note: string | null;
  validation: BeforeAfter;
}

/** What an evaluation of two versions, the later one first, or of one alone has measured. */
export type Measured = Pick<EvaluateResult, 'tasks' | 'solved' | 'wins' | 'losses'>;

/** An evaluation's numbers as those of an earlier and a later version; a version alone is both. */
export function beforeAfter({ tasks, solved, wins, losses }: Measured): BeforeAfter {
  const [after = 0, before = after] = solved;
  return { before: { solved: before, tasks }, after: { solved: after, tasks }, wins, losses };
}

/**
 * The best version is delivered only if it solves more of the fresh validation samples than the seed. A tie goes to the
 * seed: what has shown no gain is no reason to change a skill.
 *
 * @param measured the best version and the seed; the seed alone where it is the best version
 */
export function confirm(best: ArtifactRef, seed: ArtifactRef, measured: Measured): Confirmed {
  const { before, after } = beforeAfter(measured);
  const kept = { before, after: before, wins: 0, losses: 0 };
  if (best === seed) return { finalSkill: seed, note: unchanged, validation: kept };
  const [ofBest, ofSeed, tasks] = [after.solved, before.solved, after.tasks];
  if (ofBest > ofSeed) return { finalSkill: best, note: null, validation: beforeAfter(measured) };
  const note =
    `the best version (${ofBest} of ${tasks}) was not ahead of the seed (${ofSeed}) on fresh validation samples: ` +
    'the seed is delivered';
  return { finalSkill: seed, note, validation: kept };
}

/** Said of a run that has kept its seed. */
export const unchanged = 'no patch was accepted: the seed is delivered';
