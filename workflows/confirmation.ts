import type { ArtifactRef } from '../records/artifact';
import type { BeforeAfter } from '../records/stages';

/** What a run delivers after the confirmation, and what people are told of it. */
export interface Confirmed {
  finalSkill: ArtifactRef;
  /** Why the seed is delivered; null when it isn't. */
  note: string | null;
  validation: BeforeAfter;
}

/**
 * The best version is delivered only if it solves more of the fresh validation samples than the seed. A tie goes to the
 * seed: what has shown no gain is no reason to change a skill.
 *
 * @param solved of `tasks`, by the best version and by the seed; the seed's alone where it is the best version
 */
export function confirm(best: ArtifactRef, seed: ArtifactRef, solved: readonly number[], tasks: number): Confirmed {
  const [ofBest = 0, ofSeed = ofBest] = solved;
  const before = { solved: ofSeed, tasks };
  if (best === seed) return { finalSkill: seed, note: unchanged, validation: { before, after: before } };
  if (ofBest > ofSeed) {
    return { finalSkill: best, note: null, validation: { before, after: { solved: ofBest, tasks } } };
  }
  const note =
    `the best version (${ofBest} of ${tasks}) was not ahead of the seed (${ofSeed}) on fresh validation samples: ` +
    'the seed is delivered';
  return { finalSkill: seed, note, validation: { before, after: before } };
}

/** Said of a run that has kept its seed. */
export const unchanged = 'no patch was accepted: the seed is delivered';
