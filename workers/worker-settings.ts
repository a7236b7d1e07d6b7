import { tmpdir } from 'node:os';
import { z } from 'zod';
import { configuredServer, plainServer, type ServerAddress } from './connection';

const positive = z.coerce.number().int().positive();

/** What the environment tells a worker process; the key stays in the environment and in the model's client. */
export const WorkerEnvironment = z.object({
  OPENAI_API_KEY: z.string().min(1, 'must be set: the key of the model endpoint (any text where it wants none)'),
  OPENAI_BASE_URL: z.string().min(1).default('https://api.openai.com/v1'),
  /** Identity of who answers, where it isn't the base URL: `simulator:<seed>`. */
  SKILLGRAD_PROVIDER: z.string().min(1).optional(),
  /** Requests and tokens a minute that all calls of this worker share. */
  SKILLGRAD_RPM: positive.optional(),
  SKILLGRAD_TPM: positive.optional(),
  /** Activities at a time. */
  SKILLGRAD_CONCURRENCY: positive.default(16),
  /** Name of the worker process, given by its supervisor. */
  SKILLGRAD_WORKER_ID: z
    .string()
    .regex(/^[\w.-]+$/)
    .default(`worker-${process.pid}`),
  /** Folder of its temporary files, given by its supervisor. */
  SKILLGRAD_SCRATCH: z.string().min(1).default(tmpdir()),
  /** A worker that runs for a command ends after this time without an open run. */
  SKILLGRAD_IDLE_MS: positive.optional(),
  /** Set together, the server is this one, whatever profiles say. */
  SKILLGRAD_TEMPORAL_ADDRESS: z.string().min(1).optional(),
  SKILLGRAD_TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
});
export type WorkerEnvironment = z.infer<typeof WorkerEnvironment>;

/**
 * Reads a worker's settings.
 *
 * @throws an Error that names the variable which is missing or wrong, without its value
 */
export function readWorkerEnvironment(env: NodeJS.ProcessEnv = process.env): WorkerEnvironment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = WorkerEnvironment.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`${String(issue?.path[0])}: ${issue?.message ?? 'not valid'}`);
}

/** Identity of who answers the calls of a worker with this environment, as in a run's configuration. */
export function providerOf(settings: Pick<WorkerEnvironment, 'SKILLGRAD_PROVIDER' | 'OPENAI_BASE_URL'>): string {
  return settings.SKILLGRAD_PROVIDER ?? settings.OPENAI_BASE_URL.replace(/\/+$/, '');
}

/** The Temporal server of a worker: the one it was given, or the configured one. */
export function serverOf(settings: WorkerEnvironment, env: NodeJS.ProcessEnv = process.env): ServerAddress {
  const { SKILLGRAD_TEMPORAL_ADDRESS: address, SKILLGRAD_TEMPORAL_NAMESPACE: namespace } = settings;
  if (address !== undefined) return plainServer(address, 'SKILLGRAD_TEMPORAL_ADDRESS', namespace);
  const configured = configuredServer(env);
  if (configured === null) {
    throw new Error('No Temporal server is named: set TEMPORAL_ADDRESS, or start with `skillgrad worker`.');
  }
  return configured;
}
