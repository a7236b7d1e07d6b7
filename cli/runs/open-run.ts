import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { Command } from 'commander';
import { connectClient } from '../../workers/connection';
import { skillgradHome, type Home } from '../../workers/home';
import { terminal, type Output } from '../terminal/output';
import { UserError } from '../terminal/user-error';
import { chooseServer, findServer } from './open-server';
import { readRunRecord, type RunRecord } from './run-record';

/** Options of every command that looks at a run. */
export interface RunOptions {
  json?: boolean;
  address?: string;
  namespace?: string;
}

/** Adds the options of `RunOptions`. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--address <HOST:PORT>', 'Temporal server to use instead of the configured or embedded one')
    .option('--namespace <NAME>', 'namespace, with --address')
    .option('--json', 'print JSON on stdout');
}

/** A run on its server, connected. */
export interface OpenRun {
  run: string;
  home: Home;
  output: Output;
  client: Client;
  record: RunRecord | null;
  description: WorkflowExecutionDescription;
}

/**
 * Finds a run on its server and hands it to `work`; starts nothing.
 *
 * @throws UserError when there is no such run, or the server isn't up, with what to do
 */
export async function withRun<T>(run: string, options: RunOptions, work: (open: OpenRun) => Promise<T>): Promise<T> {
  const home = skillgradHome();
  const record = await readRunRecord(home, run);
  const choice = chooseServer(options, process.env, record?.server ?? null);
  const { client, connection } = await connectClient(await findServer(choice, home, process.env));
  try {
    const description = await describeRun(client, run);
    return await work({ run, home, output: terminal(options), client, record, description });
  } finally {
    await connection.close();
  }
}

/** Describes a run; throws a UserError when the server knows none of this name. */
export async function describeRun(client: Client, run: string): Promise<WorkflowExecutionDescription> {
  try {
    const description = await client.workflow.getHandle(run).describe();
    if (description.type === 'optimize') return description;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  throw new UserError(`There is no run "${run}" on this server. \`skillgrad list\` shows the runs.`);
}
