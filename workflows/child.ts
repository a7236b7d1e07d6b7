import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildScope } from '../records/workflows';
import { controlSignal } from './messages';
import { searchAttributes } from './search-attributes';
import type { Steering } from './steering';

/**
 * Runs a child workflow to its end, and while it runs relays each new control state down to it and what it waits on up
 * to the parent. Its spending is settled by the caller, who knows the shape of its result.
 */
export async function runChild<Input extends ChildScope, Result>(
  steering: Steering,
  child: (input: Input) => Promise<Result>,
  options: { workflowId: string; staticSummary: string },
  input: Input,
): Promise<Result> {
  // A child of before a reset may have told what it waits on.
  steering.childWaiting = null;
  const handle = await startChild(child, {
    ...options,
    // After a reset a child of before may still run under the id.
    workflowIdReusePolicy: 'TERMINATE_IF_RUNNING',
    ...(input.searchable ? { typedSearchAttributes: identifyingAttributes() } : {}),
    args: [input],
  });
  let ended = false;
  const result = handle.result().finally(() => {
    ended = true;
  });
  // Awaited below; without this a failure during the relay would count as unhandled.
  result.catch(() => undefined);

  let relayed = input.control.version;
  let told: Steering['childWaiting'] = null;
  try {
    while (!ended) {
      await condition(() => ended || steering.control.version > relayed || steering.childWaiting !== told);
      if (ended) break;
      if (steering.control.version > relayed) {
        relayed = steering.control.version;
        await handle.signal(controlSignal, steering.control).catch(ignoreClosed);
      }
      if (steering.childWaiting !== told) {
        told = steering.childWaiting;
        await steering.tellParent(told);
      }
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    // Cancelled, and the child with it: its parting word comes before its end. What a child has come to that ended by
    // itself meanwhile counts; its parent ends at its next step.
    await CancellationScope.nonCancellable(async () => {
      // The cancellation that the scope has passed on names the child's first execution, and is lost where that has
      // continued as new.
      if (!ended) await getExternalWorkflowHandle(options.workflowId).cancel().catch(ignoreUncancellable);
      await condition(() => ended);
    });
    return result;
  }
  steering.childWaiting = null;
  if (told !== null) await steering.tellParent(null);
  return result;
}

/** Whether the workflow should go on as a new execution; never once it is cancelled, which that one would not know. */
export function shouldContinueAsNew(): boolean {
  return workflowInfo().continueAsNewSuggested && !CancellationScope.current().consideredCancelled;
}

/** A child that has just closed needs no control any more. */
function ignoreClosed(error: unknown): void {
  const gone = error instanceof ApplicationFailure && error.type === 'ExternalWorkflowExecutionNotFound';
  if (!gone || isCancellation(error)) throw error;
}

/** The server refuses to cancel a child that has closed meanwhile. */
function ignoreUncancellable(error: unknown): void {
  if (!(error instanceof ApplicationFailure)) throw error;
}

/** What of a workflow's search attributes its children have too, so that a query finds them with their run. */
function identifyingAttributes(): TypedSearchAttributes {
  const { typedSearchAttributes: own } = workflowInfo();
  const { skill, benchmark, model } = searchAttributes;
  const pairs: SearchAttributePair[] = [skill, benchmark, model].flatMap((key) => {
    const value = own.get(key);
    return value === undefined ? [] : [{ key, value }];
  });
  return new TypedSearchAttributes(pairs);
}
