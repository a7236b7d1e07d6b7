import { isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { ArtifactRef } from '../../records/artifact';
import { ControlState, type ControlAuthor } from '../../records/control';
import type { EditedCandidate } from '../../records/review';
import { authorName } from '../../workers/author';
import type { AddBudget, Rewound, SetSettings } from '../../workflows/messages';
import { describeError, UserError } from '../terminal/user-error';
import { askProgress } from './progress-query';
import { endedText, refusedText, unansweredText, untakenText } from './steer-text';

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
 * Updates that are sent only where a worker answers: one that waits on the server would take effect some time later, when
 * nobody counts on it, and twice where it was given again. The others are sent by who has seen to the worker before.
 */
const answeredOnly: ReadonlySet<Steer['update']> = new Set(['pause', 'stop', 'addBudget', 'set']);
const asks = 3;
const betweenAsksMs = 500;

/**
 * Sends an update to a run and waits until it has taken effect.
 *
 * @returns the run's control state afterwards
 * @throws UserError when the run refuses it, has ended, or no worker answers or takes it up in time
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
  if (answeredOnly.has(update)) await checkAnswered(client, run, update, limitMs);
  try {
    const answer: unknown = await client.withDeadline(Date.now() + limitMs, () =>
      client.workflow.getHandle(run).executeUpdate<unknown, [ControlAuthor]>(update, { args }),
    );
    return ControlState.parse(answer);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await hasEnded(client, run, update);
    throw refusal(error, run, update, limitMs);
  }
}

async function checkAnswered(client: Client, run: string, update: Steer['update'], limitMs: number): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  const { status } = await client.workflow.getHandle(run).describe();
  if (status.name !== 'RUNNING') throw new UserError(endedText(run, update, status.name));
  for (let left = asks; (await askProgress(client, run)) === null; left -= 1) {
    if (left === 1 || Date.now() > deadlineMs) throw new UserError(unansweredText(run, update));
    await new Promise((resolve) => setTimeout(resolve, betweenAsksMs));
  }
}

async function hasEnded(client: Client, run: string, update: Steer['update']): Promise<UserError> {
  const { status } = await client.workflow.getHandle(run).describe();
  return new UserError(endedText(run, update, status.name));
}

function refusal(error: unknown, run: string, update: Steer['update'], limitMs: number): unknown {
  if (error instanceof WorkflowUpdateFailedError) {
    return new UserError(refusedText(run, update, describeError(error.cause)));
  }
  const timedOut =
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || (isGrpcServiceError(error) && error.code === 4);
  return timedOut ? new UserError(untakenText(run, update, limitMs), 1, { cause: error }) : error;
}
