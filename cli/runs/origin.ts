import type { WorkflowExecutionInfo } from '@temporalio/client';
import { Origin } from '../../records/plan';

/** Where a replay or fork comes from, as its memo says; null for a run of its own. */
export function originOf({ memo }: Pick<WorkflowExecutionInfo, 'memo'>): Origin | null {
  return Origin.safeParse(memo?.['origin']).data ?? null;
}

/** The origin in words: `replay of epoch 2 of my-run`. */
export function originText({ kind, run, epoch }: Origin): string {
  return kind === 'replay' ? `replay of epoch ${epoch} of ${run}` : `fork of ${run} from epoch ${epoch} on`;
}
