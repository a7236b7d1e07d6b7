import { CancellationScope, getExternalWorkflowHandle, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { PartingWord } from '../records/workflows';
import { partingSignal } from './messages';
import type { Steering } from './steering';

/**
 * Runs a child's work. When it is cancelled its parent is told what it has spent and, of an epoch, what it has come to:
 * a workflow that ends as cancelled has no result.
 *
 * @param epoch what an epoch has come to; null for any other child
 */
export async function orPart<T>(
  steering: Steering,
  epoch: () => PartingWord['epoch'],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { parent } = workflowInfo();
    if (parent && isCancellation(error)) {
      const word: PartingWord = { gathered: steering.gathered(), epoch: epoch() };
      await CancellationScope.nonCancellable(() =>
        getExternalWorkflowHandle(parent.workflowId).signal(partingSignal, word),
      );
    }
    throw error;
  }
}
