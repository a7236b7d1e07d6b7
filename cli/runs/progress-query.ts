import { isGrpcServiceError, QueryNotRegisteredError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { Progress } from '../../records/progress';
import { isServerAway } from '../../workers/connection';

const patienceMs = 5000;
const depth = 4;

/**
 * Asks `optimize` for its progress, then the child it names, and so on: the outer ones know the run, the inner ones how
 * far the stage is. null when no worker answers or the server is away.
 *
 * @throws what else went wrong, as an answer of another version's shape
 */
export async function askProgress(client: Client, run: string): Promise<Progress | null> {
  const chain: Progress[] = [];
  let id: string | null = run;
  while (id !== null && chain.length < depth) {
    const answer = await ask(client, id);
    if (answer === null) break;
    chain.push(answer);
    id = answer.child;
  }
  return chain.length === 0 ? null : chain.reduce(refine);
}

async function ask(client: Client, workflowId: string): Promise<Progress | null> {
  let answer: unknown;
  try {
    answer = await client.withDeadline(Date.now() + patienceMs, () =>
      client.workflow.getHandle(workflowId).query<unknown>('progress'),
    );
  } catch (error) {
    if (saysNothingYet(error)) return null;
    throw error;
  }
  const parsed = Progress.safeParse(answer);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(
    `The progress of ${workflowId} has an unexpected shape (${issue?.path.join('.')}: ${issue?.message}): ` +
      'its worker runs another version of SkillGrad. Start the worker again.',
  );
}

/** gRPC codes of a query that no worker has polled for (FAILED_PRECONDITION: no poller; CANCELLED: not in time). */
const unansweredCodes = [1, 9];

/** No worker, a workflow that has just started or ended, a server that is away: the next question may do better. */
function saysNothingYet(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return true;
  if (isServerAway(error)) return true;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (isGrpcServiceError(at) && unansweredCodes.includes(at.code)) return true;
  }
  return false;
}

/** The inner answer where it has something to say; counts of calls only grow, so the larger one is the newer. */
function refine(outer: Progress, inner: Progress): Progress {
  return {
    ...inner,
    run: outer.run,
    epoch: inner.epoch || outer.epoch,
    epochs: inner.epochs || outer.epochs,
    step: inner.step || outer.step,
    steps: inner.steps || outer.steps,
    stepOfRun: inner.stepOfRun ?? outer.stepOfRun,
    spending: inner.spending.calls >= outer.spending.calls ? inner.spending : outer.spending,
    // What a gate measures first is a candidate, not the version that the run has got to.
    currentSkill: (inner.stage === 'gate' ? null : inner.currentSkill) ?? outer.currentSkill,
    // It is the run that takes people's words, so a wait is shown once the run knows of it.
    pause: outer.pause,
    caps: outer.caps,
    history: [
      ...outer.history,
      ...inner.history.filter((step) => !outer.history.some((other) => other.step === step.step)),
    ],
    warnings: [...new Set([...outer.warnings, ...inner.warnings])],
    quarantined: [...new Set([...outer.quarantined, ...inner.quarantined])].sort(),
    // The inner one knows better which are in force, the outer one may have heard of more.
    settings: [...inner.settings, ...outer.settings.slice(inner.settings.length)],
  };
}
