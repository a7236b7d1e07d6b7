import type { Client } from '@temporalio/client';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { connectClient, type ServerAddress } from '../../workers/connection';
import { skillgradHome, type Home } from '../../workers/home';
import { taskQueueName } from '../../workers/queue';
import { terminal, type Output } from '../terminal/output';
import { UserError } from '../terminal/user-error';
import type { RunOptions } from './open-run';
import { chooseServer, openServer } from './open-server';
import type { KnownEpoch } from './recorded-epoch';
import { readRunRecord, type RunRecord, type ServerChoice } from './run-record';

/** A run that another one may come from: it needs to be in the store alone, the server may have deleted it. */
export interface OpenOrigin {
  run: string;
  home: Home;
  store: ArtifactStore;
  output: Output;
  client: Client;
  choice: ServerChoice;
  server: ServerAddress;
  record: RunRecord | null;
}

/** Opens server and store for a run that others come from, and hands them to `work`. */
export async function withOrigin<T>(
  run: string,
  options: RunOptions,
  work: (origin: OpenOrigin) => Promise<T>,
): Promise<T> {
  const home = skillgradHome();
  const output = terminal(options);
  const record = await readRunRecord(home, run);
  const choice = chooseServer(options, process.env, record?.server ?? null);
  const { server } = await openServer(choice, home, process.env, output);
  const { client, connection } = await connectClient(server);
  try {
    return await work({ run, home, store: await openStore(home.store), output, client, choice, server, record });
  } finally {
    await connection.close();
  }
}

/**
 * How the processes of a run that comes from this one are started: as the run's own.
 *
 * @throws UserError for a run on a simulated model that was not started from here
 */
export function recordFor({ record, choice, home, store }: OpenOrigin, { run, plan }: KnownEpoch): RunRecord {
  if (record !== null) return { ...record, server: choice };
  const { provider, rpm, tpm } = plan.config;
  if (provider.startsWith('simulator:')) {
    throw new UserError(
      `Run ${run} was not started from ${home.root}, so it isn't known where its simulated model answers. ` +
        'Set SKILLGRAD_HOME to the folder that it was started from.',
    );
  }
  return {
    ...{ run, provider, rpm, tpm, server: choice, baseUrl: provider, simulator: null, notify: [] },
    taskQueue: taskQueueName(provider, store.id),
    startedAt: new Date().toISOString(),
  };
}
