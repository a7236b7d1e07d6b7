import { z } from 'zod';
import { isAlive, type ProcessIdentity } from './process-identity';

/**
 * `server.json`: the embedded server as its supervisor last started it. Pids come with the system's mark of their
 * start, so that a later process with the same number is not taken for ours.
 */
export const ServerState = z.object({
  pid: z.number().int().positive(),
  started: z.string(),
  supervisorPid: z.number().int().positive(),
  supervisorStarted: z.string(),
  address: z.string(),
  port: z.number().int(),
  uiPort: z.number().int(),
  uiUrl: z.string(),
  binary: z.string(),
  version: z.string(),
  /** Starts by this supervisor; more than 1: it died and was started again. */
  starts: z.number().int().positive(),
});
export type ServerState = z.infer<typeof ServerState>;

/** What the supervisor is told, as JSON in its only argument. */
export const SupervisorTask = z.object({
  home: z.string(),
  /** Folder in which the homes of this machine say which ports they have. */
  claims: z.string(),
  binary: z.string(),
  version: z.string(),
  /** `KEY=VALUE` pairs of Temporal's dynamic configuration. */
  dynamicConfig: z.array(z.string()),
  searchAttributes: z.record(z.string(), z.string()),
});
export type SupervisorTask = z.infer<typeof SupervisorTask>;

/** The server's process. */
export function serverProcess(state: ServerState): ProcessIdentity {
  return { pid: state.pid, started: state.started };
}

/** Its supervisor's process. */
export function supervisorProcess(state: ServerState): ProcessIdentity {
  return { pid: state.supervisorPid, started: state.supervisorStarted };
}

/** Whether server and supervisor of this state both run. */
export function isRunning(state: ServerState | null): state is ServerState {
  return state !== null && isAlive(serverProcess(state)) && isAlive(supervisorProcess(state));
}
