import type { ArtifactRef } from '../../records/artifact';
import { Patch } from '../../records/patch';
import type { PendingReview } from '../../records/review';
import type { ArtifactStore } from '../../store/artifact-store';
import { openStore } from '../../store/artifact-store';
import { UserError } from '../terminal/user-error';
import type { OpenRun } from './open-run';
import { askProgress } from './progress-query';

/** The candidate that waits, with its patch and the store that both are in. */
export interface OpenReview {
  pending: PendingReview;
  patch: Patch;
  store: ArtifactStore;
}

/**
 * The candidate of a run that waits for a review.
 *
 * @throws UserError when none waits, or no worker answers
 */
export async function pendingReview({ client, run, home }: OpenRun): Promise<OpenReview> {
  const progress = await askProgress(client, run);
  if (progress === null) {
    throw new UserError(
      `No worker answers for run ${run}. \`skillgrad resume ${run}\` starts server and worker again.`,
    );
  }
  const pending = progress.pause?.review;
  if (pending === undefined) {
    throw new UserError(`No candidate of run ${run} waits for a review. \`skillgrad status ${run}\` says where it is.`);
  }
  const store = await openStore(home.store);
  return { pending, patch: await store.getJson(Patch, pending.patch), store };
}

/**
 * The digest that a decision is bound to: the one given, which may be shortened, else that of the candidate that waits.
 * One that is not the candidate's is handed on as it is, for the run to refuse.
 */
export function boundTo({ candidate }: PendingReview, given: string | undefined): ArtifactRef {
  if (given === undefined) return candidate;
  const digest = given.startsWith('sha256:') ? given : `sha256:${given}`;
  if (!/^sha256:[0-9a-f]{8,64}$/.test(digest)) {
    throw new UserError(
      `--digest ${given}: expected at least 8 of a digest's hexadecimal digits, as \`review\` shows it.`,
      2,
    );
  }
  return candidate.startsWith(digest) ? candidate : digest;
}
