import { connectClient } from '../../workers/connection';
import type { Home } from '../../workers/home';
import type { ArtifactStore } from '../../store/artifact-store';
import { chooseServer, findServer } from '../runs/open-server';
import type { RunOptions } from '../runs/open-run';
import { readRunRecord } from '../runs/run-record';
import type { Output } from '../terminal/output';
import { describeError, UserError } from '../terminal/user-error';
import { auditRun, type AuditedRun } from './build-account';
import { readExecutions } from './executions';

/**
 * Audits a run from its server's histories, and from the store's copies of those that the server no longer has. A server
 * that is away is done without.
 *
 * @throws UserError when neither has anything of the run
 */
export async function openAudit(
  run: string,
  options: RunOptions,
  home: Home,
  store: ArtifactStore,
  output: Output,
): Promise<AuditedRun> {
  const record = await readRunRecord(home, run);
  let connected: Awaited<ReturnType<typeof connectClient>> | null = null;
  let away = '';
  try {
    const choice = chooseServer(options, process.env, record?.server ?? null);
    connected = await connectClient(await findServer(choice, home, process.env));
  } catch (error) {
    away = describeError(error);
    output.note(`No server is asked; this account is from the store alone. ${away}`);
  }
  try {
    const problems: string[] = [];
    const executions = await readExecutions(connected?.client ?? null, store, run, problems);
    if (executions.length > 0) return await auditRun(store, run, executions, problems);
    if (problems.length > 0) throw new UserError(problems.join('\n'));
  } finally {
    await connected?.connection.close();
  }
  throw new UserError(
    `Neither ${away === '' ? 'the server nor ' : ''}the store ${home.store} has a history of a run "${run}". ` +
      '`skillgrad list` shows the runs on a server, `skillgrad store usage` those in the store.',
  );
}
