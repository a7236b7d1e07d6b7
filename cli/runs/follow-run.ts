import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Progress } from '../../records/progress';
import { whileAway } from '../../workers/connection';
import { askProgress } from './progress-query';

export interface FollowHooks {
  onProgress(progress: Progress): void;
  /** No worker has answered for a while, or again since the last answer. */
  onSilence?(): void;
  /** The run has not moved for a while. */
  onStall?(): Promise<void>;
  /** The Temporal server is away. */
  onAway?(): void;
  /** Between two looks, as to see that processes still run. */
  betweenLooks?(): Promise<void>;
}

const silenceLooks = 3;
/** A call may well take this long. */
const stallMs = 30_000;

/**
 * Follows a run until it has ended, through absences of worker and server.
 *
 * @param pollMs time between two looks
 * @param signal stops following; the run goes on
 * @returns the run's description at its end, or null when the signal came first
 */
export async function followRun(
  client: Client,
  run: string,
  pollMs: number,
  hooks: FollowHooks,
  signal?: AbortSignal,
): Promise<WorkflowExecutionDescription | null> {
  const handle = client.workflow.getHandle(run);
  let silent = 0;
  let last = '';
  let movedMs = Date.now();
  while (!signal?.aborted) {
    const description = await whileAway(() => handle.describe(), hooks.onAway);
    if (description.status.name !== 'RUNNING') return description;
    const progress = await askProgress(client, run);
    silent = progress === null ? silent + 1 : 0;
    if (progress !== null) hooks.onProgress(progress);
    const now = JSON.stringify(progress);
    if (now !== last || progress?.pause) movedMs = Date.now();
    last = now;
    if (Date.now() - movedMs > stallMs) {
      movedMs = Date.now();
      await hooks.onStall?.();
    }
    if (silent === silenceLooks) hooks.onSilence?.();
    await hooks.betweenLooks?.();
    await pause(pollMs, signal);
  }
  return null;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
