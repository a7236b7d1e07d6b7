import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { z } from 'zod';
import { rewindName } from '../../records/control';
import { addSpending, noSpending, Spending, toNanoUsd } from '../../records/usage';
import type { ArtifactStore } from '../../store/artifact-store';
import { spentByRun } from '../../store/spent-by-run';
import { UserError } from '../terminal/user-error';
import { executionsOf } from './executions';
import { decode, type Event } from './history-events';
import { noSuchEpoch } from './recorded-epoch';
import { steerRun } from './steer-run';
import { undoneControls } from './undone-controls';

const { ResetReapplyExcludeType } = temporal.api.enums.v1;
const EpochBooks = z.object({
  spentBefore: Spending,
  control: z.object({ discarded: Spending.optional() }),
});

type StartChild = temporal.api.history.v1.IStartChildWorkflowExecutionInitiatedEventAttributes;

/** Where a run's history can be cut off, and the books as they were there. */
interface ResetPoint {
  workflowTaskFinishEventId: NonNullable<StartChild['workflowTaskCompletedEventId']>;
  spent: Spending;
}

/** What a rewind has given up. */
export interface RewoundRun {
  /** What it had cost; that stays spent. */
  discarded: Spending;
  /** What people had told the run since, in words: it is in force no more. */
  undone: string[];
  /** Temporal's word for how the run had ended; null: it was under way. */
  ended: string | null;
}

interface ResetTarget {
  undone: string[];
  /** As of `RewoundRun`. */
  ended: string | null;
  runId: string;
  /** Run id of the first execution of the run's workflow, which a reset leaves as it is. */
  firstRunId: string;
  point: ResetPoint;
}

/**
 * Takes a run back to the start of an epoch: its history is cut off there, children that run are terminated, and it goes
 * on from there. Controls that were given later are not applied again. What the part that is given up has cost stays
 * spent, and work that it has finished is not paid again. No call is made under a grant of before once that is counted,
 * nor under one of the books as they were at the start of the epoch: both are recalled until the run knows what is spent.
 *
 * @returns what is given up
 * @throws UserError when the run can't be taken back there any more, with what can be done instead
 */
export async function rewindRun(
  client: Client,
  store: ArtifactStore,
  run: string,
  epoch: number,
  note: string | undefined,
): Promise<RewoundRun> {
  const { runId, firstRunId, ended, undone, point } = await resetPoint(client, store, run, epoch);
  const children = await runningChildren(client, run);
  const nextRecall = await recallGrants(store, run, firstRunId, epoch);
  const settle = (discarded: Spending) =>
    steerRun(client, run, { update: 'rewound', add: { discarded, recall: nextRecall } }, note, 60_000);
  try {
    await client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: run, runId },
      reason: note ?? `rewound to the start of epoch ${epoch}`,
      requestId: randomUUID(),
      workflowTaskFinishEventId: point.workflowTaskFinishEventId,
      resetReapplyExcludeTypes: [
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
      ],
    });
  } catch (error) {
    // Nothing is given up: the run goes on as it was.
    if (ended === null) await settle(noSpending);
    throw error;
  }
  // A reset leaves them running, whatever their parent close policy says.
  for (const child of children) await terminate(client, child, `run ${run} was rewound to epoch ${epoch}`);
  const discarded = subtract(await spentByRun(store, run), point.spent);
  await settle(discarded);
  return { discarded, undone, ended };
}

/**
 * Recalls all that the run's workflows have granted, and what a workflow that begins again from its history grants.
 *
 * @returns the name by which the rewind after this one recalls
 */
async function recallGrants(store: ArtifactStore, run: string, firstRunId: string, epoch: number): Promise<string> {
  let number = 1;
  while (!(await store.createNamed(rewindName(run, firstRunId, number), { epoch, at: new Date().toISOString() })))
    number += 1;
  return rewindName(run, firstRunId, number + 1);
}

async function resetPoint(client: Client, store: ArtifactStore, run: string, epoch: number): Promise<ResetTarget> {
  const instead = `\`skillgrad fork ${run} --epoch ${epoch}\` goes on from there as a new run.`;
  const child = `${run}/epoch-${epoch}`;
  try {
    const { runId, status } = await client.workflow.getHandle(run).describe();
    const { events } = await client.workflow.getHandle(run, runId).fetchHistory();
    const point = pointIn(events ?? [], child);
    const firstRunId = events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId || runId;
    if (point !== null) {
      const undone = undoneControls(events ?? [], Number(point.workflowTaskFinishEventId));
      return { runId, firstRunId, ended: status.name === 'RUNNING' ? null : status.name, undone, point };
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    if ((await executionsOf(client, store, run)).length === 0) {
      throw new UserError(`There is no run "${run}" on this server. \`skillgrad list\` shows the runs.`);
    }
    throw new UserError(`Run ${run} can't be rewound: the server has deleted its history by retention. ${instead}`);
  }
  if ((await executionsOf(client, store, child)).length === 0) {
    throw await noSuchEpoch(client, store, run, epoch);
  }
  throw new UserError(`Run ${run} can't be rewound to epoch ${epoch}: it has continued as new since. ${instead}`);
}

/** The workflow task that started the epoch; null where it is not in this history. */
function pointIn(events: readonly Event[], child: string): ResetPoint | null {
  for (const event of [...events].reverse()) {
    const started = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (started?.workflowId !== child || !started.workflowTaskCompletedEventId) continue;
    const { spentBefore, control } = EpochBooks.parse(decode(started.input));
    return {
      workflowTaskFinishEventId: started.workflowTaskCompletedEventId,
      spent: addSpending(spentBefore, control.discarded ?? noSpending),
    };
  }
  return null;
}

async function runningChildren(client: Client, run: string): Promise<{ workflowId: string; runId: string }[]> {
  const query = `WorkflowId STARTS_WITH "${run}/" AND ExecutionStatus = "Running"`;
  const children: { workflowId: string; runId: string }[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) children.push({ workflowId, runId });
  return children;
}

async function terminate(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
  reason: string,
): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate(reason);
  } catch (error) {
    // It has ended by itself, or the epoch that is started again has taken its id.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

function subtract(all: Spending, known: Spending): Spending {
  return {
    calls: Math.max(0, all.calls - known.calls),
    tokens: Math.max(0, all.tokens - known.tokens),
    costUsd:
      all.costUsd === null || known.costUsd === null ? null : Math.max(0, toNanoUsd(all.costUsd - known.costUsd)),
  };
}
