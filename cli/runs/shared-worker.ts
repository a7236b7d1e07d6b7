import type { Client } from '@temporalio/client';
import type { Home } from '../../workers/home';
import { UserError } from '../terminal/user-error';
import { readRunRecord, type RunRecord } from './run-record';

/** Open runs that share the worker of a run, by name, without that run. */
export async function runsBeside(client: Client, { run, taskQueue }: RunRecord): Promise<string[]> {
  const query =
    `WorkflowType = "optimize" AND TaskQueue = "${taskQueue}" AND ExecutionStatus = "Running" ` +
    `AND WorkflowId != "${run}"`;
  const names: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) names.push(workflowId);
  return names;
}

/**
 * Refuses a run whose rate limits differ from those of an open run on the same endpoint: one worker serves both.
 *
 * @throws UserError that names the other run and its limits
 */
export async function checkRateLimits(home: Home, client: Client, record: RunRecord): Promise<void> {
  for (const name of await runsBeside(client, record)) {
    const other = await readRunRecord(home, name);
    if (other === null || (other.rpm === record.rpm && other.tpm === record.tpm)) continue;
    const limit = (flag: string, value: number | null): string => (value === null ? `no ${flag}` : `${flag} ${value}`);
    throw new UserError(
      `Run ${name} is open on ${record.provider} with ${limit('--rpm', other.rpm)} and ${limit('--tpm', other.tpm)}, and ` +
        'one worker serves both. Give the same limits, wait until it has ended, or use another SKILLGRAD_HOME. ' +
        'Nothing was started.',
      2,
    );
  }
}
