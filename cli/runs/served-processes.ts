import type { Home } from '../../workers/home';
import { connectClient } from '../../workers/connection';
import { listProcesses, stopProcess } from '../../workers/processes';
import { embeddedAddress, serverStatus } from '../../workers/server';
import { recordedRuns } from '../stores/known-executions';
import { processNames } from './run-processes';
import { readRunRecord } from './run-record';

/** Names of the runs that are under way on this home's embedded server; none while it is down. */
export async function openRuns(home: Home): Promise<string[]> {
  const status = await serverStatus(home);
  if (status === null || !status.running) return [];
  const { client, connection } = await connectClient(embeddedAddress(status.state));
  try {
    const names: string[] = [];
    const query = 'WorkflowType = "optimize" AND ExecutionStatus = "Running"';
    for await (const { workflowId } of client.workflow.list({ query })) names.push(workflowId);
    return names.sort();
  } finally {
    await connection.close();
  }
}

/**
 * Stops the workers, simulated models and followers of this home that only serve runs on its embedded server; those that
 * a run on another server may use stay.
 *
 * @returns their names
 */
export async function stopServedProcesses(home: Home): Promise<string[]> {
  const served = new Set<string>();
  const shared = new Set<string | null>();
  for (const run of await recordedRuns(home)) {
    const record = await readRunRecord(home, run);
    if (record === null) continue;
    for (const name of Object.values(processNames(record))) {
      if (record.server.kind !== 'embedded') shared.add(name);
      else if (name !== null) served.add(name);
    }
  }
  const names = (await listProcesses(home))
    .map(({ name }) => name)
    .filter((name) => served.has(name) && !shared.has(name));
  await Promise.all(names.map((name) => stopProcess(home, name)));
  return names.sort();
}
