import { Client, Connection, isGrpcServiceError, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { authorName } from './author';

/** Where a Temporal server is, and how its address was come by (for messages). */
export interface ServerAddress {
  address: string;
  namespace: string;
  options: NativeConnectionOptions;
  source: string;
}

/**
 * The server that `TEMPORAL_ADDRESS` or a Temporal profile (`TEMPORAL_PROFILE`, or the default one of the configuration
 * file) names, with namespace, TLS and API key; null when nothing names one: then the embedded server is meant.
 *
 * @throws an Error that names the setting when the configuration can't be read
 */
export function configuredServer(env: NodeJS.ProcessEnv = process.env): ServerAddress | null {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
    if (!connectionOptions.address) return null;
    return {
      address: connectionOptions.address,
      namespace: namespace ?? 'default',
      options: connectionOptions,
      source: env['TEMPORAL_ADDRESS'] ? 'TEMPORAL_ADDRESS' : `Temporal profile ${env['TEMPORAL_PROFILE'] ?? 'default'}`,
    };
  } catch (error) {
    throw new Error(
      `The Temporal configuration cannot be used: ${(error as Error).message}. ` +
        'Check TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE and the file they name.',
      { cause: error },
    );
  }
}

/** A server given by its address alone: no profile, no TLS, no key. */
export function plainServer(address: string, source: string, namespace = 'default'): ServerAddress {
  return { address, namespace, options: { address }, source };
}

/** A client with its connection, to be closed by whoever asked for it. */
export interface Connected {
  client: Client;
  connection: Connection;
}

/**
 * Connects a client.
 *
 * @throws an Error that names the address, where it came from, and what to do, when nothing answers there
 */
export async function connectClient(server: ServerAddress): Promise<Connected> {
  try {
    const connection = await Connection.connect({ ...(server.options as ConnectionOptions), connectTimeout: '10s' });
    return { connection, client: new Client({ connection, namespace: server.namespace, identity: authorName() }) };
  } catch (error) {
    throw new Error(
      `No Temporal server answers at ${server.address} (from ${server.source}): ${reasonOf(error)}. ` +
        (server.source === 'the embedded server'
          ? 'See `skillgrad server status`.'
          : 'Start it, correct the address, or unset it to use the embedded server.'),
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details || error.message;
  return error instanceof Error ? error.message : String(error);
}

/** gRPC status codes of a server that is away or restarting: UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED by its end. */
const awayCodes = [14, 4];

/** Whether an error says that the server is away for now, rather than that it refused. */
export function isServerAway(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (isGrpcServiceError(at) && awayCodes.includes(at.code)) return true;
  }
  return false;
}

/**
 * Repeats `call` for as long as the server is away, so that what follows a run outlives a restart of the server.
 *
 * @param onAway called once for each absence
 */
export async function whileAway<T>(call: () => Promise<T>, onAway?: () => void): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isServerAway(error)) throw error;
      if (attempt === 0) onAway?.();
      await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 200 * 2 ** attempt)));
    }
  }
}
