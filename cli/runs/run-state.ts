import { z } from 'zod';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { authorText } from '../../records/control';
import type { Progress } from '../../records/progress';
import { CancelledRun, cancelledName, RunResult } from '../../records/progress';
import { ArtifactRef } from '../../records/artifact';
import { openStore } from '../../store/artifact-store';
import type { Home } from '../../workers/home';
import { withRunName } from '../terminal/progress-text';
import { describeError, UserError } from '../terminal/user-error';
import { askProgress } from './progress-query';

/** Where a run stands: `ended` well, `failed` (also terminated), `cancelled`, `running` or `paused`. */
export type RunPhase = 'ended' | 'failed' | 'cancelled' | 'running' | 'paused';

/** Exit codes of `status`: 0 ended (however), 3 running, 4 paused. */
export const phaseExitCode: Record<RunPhase, number> = { ended: 0, failed: 0, cancelled: 0, running: 3, paused: 4 };

export interface RunState {
  phase: RunPhase;
  /** Temporal's word for it, as `TERMINATED`. */
  status: string;
  /** null when no worker answers, or the run has ended. */
  progress: Progress | null;
  /** What a paused run waits on, as `review.waiting`; as far as the search attributes tell where no worker answers. */
  waitsFor: string | null;
}

/** Looks where a run stands; without a worker, the search attributes tell a paused one. */
export async function readRunState(client: Client, description: WorkflowExecutionDescription): Promise<RunState> {
  const status = description.status.name;
  const over = { status, progress: null, waitsFor: null };
  if (status === 'COMPLETED') return { phase: 'ended', ...over };
  if (status === 'CANCELLED') return { phase: 'cancelled', ...over };
  if (status !== 'RUNNING') return { phase: 'failed', ...over };
  const progress = await askProgress(client, description.workflowId);
  const waitsFor = progress === null ? pausedAttribute(description) : (progress.pause?.kind ?? null);
  return { phase: waitsFor === null ? 'running' : 'paused', status, progress: named(progress), waitsFor };
}

/** With the run's name in what is to be done about a pause. */
function named(progress: Progress | null): Progress | null {
  if (progress?.pause == null) return progress;
  const { fix, also } = progress.pause;
  const own = (text: string): string => withRunName(text, progress.run);
  return { ...progress, pause: { ...progress.pause, fix: own(fix), also: also === undefined ? also : own(also) } };
}

/** Throws a UserError when a run has ended otherwise than well, or has not ended. */
export function checkEnded({ workflowId, status }: Pick<WorkflowExecutionDescription, 'workflowId' | 'status'>): void {
  if (status.name === 'COMPLETED') return;
  if (status.name === 'RUNNING') {
    throw new UserError(
      `Run ${workflowId} has not ended yet. Wait for it (\`skillgrad watch ${workflowId}\` shows its progress), or end it ` +
        `early by \`skillgrad stop ${workflowId}\`.`,
    );
  }
  if (status.name === 'CANCELLED') {
    throw new UserError(
      `Run ${workflowId} was cancelled. \`skillgrad result ${workflowId} --out DIR\` writes its best version so far.`,
    );
  }
  throw new UserError(`Run ${workflowId} has ended as ${status.name}, without a result. The Temporal UI shows why.`);
}

function pausedAttribute(description: WorkflowExecutionDescription): string | null {
  const pair = description.typedSearchAttributes.getAll().find(({ key }) => key.name === 'SkillGradPaused');
  return typeof pair?.value === 'string' && pair.value !== 'no' ? pair.value : null;
}

/**
 * The result of a run that ended well, from the store.
 *
 * @throws UserError that says why there is none: it failed, or its store is another one
 */
export async function readRunResult(client: Client, run: string, home: Home): Promise<RunResult> {
  let ref: ArtifactRef;
  try {
    const answer: unknown = await client.workflow.getHandle(run).result();
    ref = ArtifactRef.parse((answer as { result?: unknown } | null)?.result);
  } catch (error) {
    throw new UserError(`Run ${run} has no result: ${describeError(error)}`, 1, { cause: error });
  }
  const store = await openStore(home.store);
  return store.getJson(RunResult, ref);
}

/** What is kept of a cancelled run; null where its store isn't this one, or it was cancelled before it had begun. */
export async function readCancelled(
  { runId, workflowId }: WorkflowExecutionDescription,
  home: Home,
): Promise<CancelledRun | null> {
  const store = await openStore(home.store);
  const kept = await store.readNamed(z.object({ cancelled: ArtifactRef }), cancelledName(workflowId, runId));
  return kept === null ? null : store.getJson(CancelledRun, kept.cancelled);
}

/** Who cancelled a run and why, as far as it is on record: ` by kim@desk ("too slow")`. */
export function cancelledBy(kept: CancelledRun | null): string {
  if (kept?.by == null) return '';
  return ` by ${authorText(kept.by)}`;
}
