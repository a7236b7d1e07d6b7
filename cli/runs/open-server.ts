import { configuredServer, connectClient, plainServer, type ServerAddress } from '../../workers/connection';
import type { Home } from '../../workers/home';
import { embeddedAddress, ensureServer, serverStatus } from '../../workers/server';
import { ensureSearchAttributes } from '../../workers/server-setup';
import type { Output } from '../terminal/output';
import { UserError } from '../terminal/user-error';
import type { ServerChoice } from './run-record';

export interface OpenServer {
  server: ServerAddress;
  /** Root of the Temporal UI, where we know it. */
  uiUrl: string | null;
  /** Search attributes can be used on it. */
  searchable: boolean;
}

/**
 * Which server a command means: the one of `--address`, else the run's own, else the configured one, else the embedded.
 *
 * @param own where the run was started, if that is known
 */
export function chooseServer(
  options: { address?: string | undefined; namespace?: string | undefined },
  env: NodeJS.ProcessEnv,
  own: ServerChoice | null = null,
): ServerChoice {
  if (options.address) return { kind: 'address', address: options.address, namespace: options.namespace ?? 'default' };
  if (own !== null) return own;
  return configuredServer(env) === null ? { kind: 'embedded' } : { kind: 'configured' };
}

/** The server's address without starting anything; throws a UserError that names the fix when it isn't up. */
export async function findServer(choice: ServerChoice, home: Home, env: NodeJS.ProcessEnv): Promise<ServerAddress> {
  if (choice.kind !== 'embedded') return outsideServer(choice, env);
  const status = await serverStatus(home);
  if (status?.running) return embeddedAddress(status.state);
  throw new UserError(
    `The embedded Temporal server of ${home.root} is not running. ` +
      'Start it with `skillgrad server start`, or go on with a run by `skillgrad resume RUN`.',
  );
}

/** The server, started if it is ours and not up, with its search attributes checked. Warnings are shown. */
export async function openServer(
  choice: ServerChoice,
  home: Home,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<OpenServer> {
  if (choice.kind === 'embedded') {
    const { server, state, searchAttributesAvailable, warnings } = await ensureServer(home, env, output.note);
    warnings.forEach(output.warn);
    return { server, uiUrl: state.uiUrl, searchable: searchAttributesAvailable };
  }
  const server = outsideServer(choice, env);
  output.note(`Temporal server: ${server.address}, namespace ${server.namespace} (from ${server.source})`);
  const { connection } = await connectClient(server);
  try {
    const { available, warnings } = await ensureSearchAttributes(connection, server.namespace);
    warnings.forEach(output.warn);
    return { server, uiUrl: null, searchable: available };
  } finally {
    await connection.close();
  }
}

function outsideServer(choice: Exclude<ServerChoice, { kind: 'embedded' }>, env: NodeJS.ProcessEnv): ServerAddress {
  if (choice.kind === 'address') return plainServer(choice.address, '--address', choice.namespace);
  const server = configuredServer(env);
  if (server !== null) return server;
  throw new UserError(
    'This run lives on a Temporal server that you configured: set TEMPORAL_ADDRESS or TEMPORAL_PROFILE.',
  );
}
