import { z } from 'zod';
import { ArtifactRef } from '../records/artifact';
import { StepSummary } from '../records/progress';
import type { Rollout } from '../records/stages';
import type { ArtifactStore } from '../store/artifact-store';

const RolloutSchema = z.object({
  taskId: z.string(),
  trajectory: ArtifactRef,
  score: ArtifactRef,
  solved: z.boolean(),
}) satisfies z.ZodType<Rollout>;

export const RolloutPage = z.object({ previous: ArtifactRef.nullable(), rollouts: z.array(RolloutSchema) });
export const StepPage = z.object({ previous: ArtifactRef.nullable(), steps: z.array(StepSummary) });

/** All rollouts of a chain of pages, in the order in which they were written. */
export async function readRollouts(store: ArtifactStore, last: ArtifactRef | null): Promise<Rollout[]> {
  const pages: Rollout[][] = [];
  for (let ref = last; ref !== null;) {
    const page = await store.getJson(RolloutPage, ref);
    pages.unshift(page.rollouts);
    ref = page.previous;
  }
  return pages.flat();
}

/** All steps of a chain of pages, first step first. */
export async function readSteps(store: ArtifactStore, last: ArtifactRef | null): Promise<StepSummary[]> {
  const pages: StepSummary[][] = [];
  for (let ref = last; ref !== null;) {
    const page = await store.getJson(StepPage, ref);
    pages.unshift(page.steps);
    ref = page.previous;
  }
  return pages.flat();
}
