import { hostname, userInfo } from 'node:os';
import { isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { ArtifactRef } from '../../records/artifact';
import { ControlState, type ControlAuthor } from '../../records/control';
import type { EditedCandidate } from '../../records/review';
import type { AddBudget, Rewound, SetSettings } from '../../workflows/messages';
import { describeError, UserError } from '../terminal/user-error';

/** What a run can be told, with what goes along. */
export type Steer =
  | { update: 'pause' | 'resume' | 'stop' | 'cancel' }
  | { update: 'addBudget'; add: Omit<AddBudget, 'by' | 'note'> }
  | { update: 'set'; add: Omit<SetSettings, 'by' | 'note'> }
  | { update: 'rewound'; add: Omit<Rewound, 'by' | 'note'> }
  | { update: 'approve' | 'reject'; candidate: ArtifactRef }
  | { update: 'edit'; candidate: ArtifactRef; edited: EditedCandidate };

const patienceMs = 15_000;

/**
 * Sends an update to a run and waits until it has taken effect.
 *
 * @returns the run's control state afterwards
 * @throws UserError when the run refuses it, has ended, or no worker takes it up in time
 */
export async function steerRun(
  client: Client,
  run: string,
  steer: Steer,
  note: string | undefined,
  limitMs = patienceMs,
): Promise<ControlState> {
  const author: ControlAuthor = { by: authorName(), ...(note === undefined ? {} : { note }) };
  const { update, ...words } = steer;
  const args: [ControlAuthor] = [{ ...author, ...('add' in words ? words.add : words) }];
  try {
    const answer: unknown = await client.withDeadline(Date.now() + limitMs, () =>
      client.workflow.getHandle(run).executeUpdate<unknown, [ControlAuthor]>(update, { args }),
    );
    return ControlState.parse(answer);
  } catch (error) {
    throw refusal(error, run, update, limitMs);
  }
}

function refusal(error: unknown, run: string, update: string, limitMs: number): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return new UserError(`Run ${run} has ended: there is nothing to ${wording(update)}.`, 1, { cause: error });
  }
  if (error instanceof WorkflowUpdateFailedError) {
    return new UserError(`Run ${run} refused to ${wording(update)}: ${describeError(error.cause)}.`, 1);
  }
  const timedOut =
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || (isGrpcServiceError(error) && error.code === 4);
  if (!timedOut) return error;
  return new UserError(
    `No worker has taken up the request to ${wording(update)} run ${run} within ${limitMs / 1000} s. ` +
      `\`skillgrad resume ${run}\` starts server and worker again.`,
    1,
    { cause: error },
  );
}

function wording(update: string): string {
  const words: Record<string, string> = {
    addBudget: 'add to the budget of',
    set: 'change settings of',
    approve: 'approve the candidate of',
    reject: 'reject the candidate of',
    edit: 'take an edited candidate of',
  };
  return words[update] ?? update;
}

/** Who steers, as `user@host`, for the run's history. */
export function authorName(): string {
  let user = process.env['USER'] ?? 'unknown';
  try {
    user = userInfo().username;
  } catch {
    // A uid without an entry in the system's list of users, as in some containers.
  }
  return `${user}@${hostname()}`;
}
