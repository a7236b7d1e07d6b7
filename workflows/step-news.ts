import { ApplicationFailure, defineSignal, getExternalWorkflowHandle, log, workflowInfo } from '@temporalio/workflow';
import type { StepSummary } from '../records/progress';
import type { Spending } from '../records/usage';

/** From an epoch to its run: the decision of a step, and what the epoch has spent so far. */
export const stepSignal = defineSignal<[StepSummary, Spending]>('step');

/**
 * Tells the run what became of a step, so that a query for runs by accuracy, cost or epoch finds it while the epoch goes
 * on. Nothing waits for it, and a run that is gone needs no news.
 */
export function tellStep(step: StepSummary, spending: Spending): void {
  const { parent } = workflowInfo();
  if (!parent) return;
  getExternalWorkflowHandle(parent.workflowId)
    .signal(stepSignal, step, spending)
    .catch((error: unknown) => {
      const gone = error instanceof ApplicationFailure && error.type === 'ExternalWorkflowExecutionNotFound';
      if (!gone) log.warn('the run was not told of a step', { error });
    });
}

/** Accuracy of the current version on the validation tasks of a step's gate; nothing where there was no gate. */
export function accuracyOf({ verdict, accepted }: StepSummary): { accuracy?: number } {
  if (verdict === null) return {};
  return { accuracy: (accepted ? verdict.candidateSolved : verdict.currentSolved) / Math.max(1, verdict.tasks) };
}
