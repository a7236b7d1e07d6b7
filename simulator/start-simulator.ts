import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallLog, type SimulatorStats } from './call-log';
import { answerCall, type SimulatedModel } from './answer-call';
import type { Fault } from './faults';
import { spreadsheetRoles, type Roles } from './roles';
import { openTaskBook } from './task-book';

/** Options of `startSimulator`. */
export interface SimulatorOptions {
  /** 0 takes a free port. */
  port: number;
  /** Folder with the tasks in the published layout, goldens included. */
  dataDir: string;
  seed: number;
  /** Time that each answer takes from the arrival of its request. */
  latencyMs: number;
  /** Default: none. */
  faults?: readonly Fault[];
  /** Append one JSON line per arriving call to this file. */
  logFile?: string;
}

export interface Simulator {
  /** Base URL for an OpenAI client: `http://127.0.0.1:<port>/v1`. */
  url: string;
  port: number;
  stats(): SimulatorStats;
  /** Faults from now on; what is under way keeps the fault that it met. */
  setFaults(faults: readonly Fault[]): void;
  /** Ends all connections, hanging ones too. */
  close(): Promise<void>;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function route(model: SimulatedModel, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  if (request.method === 'POST' && path === '/v1/chat/completions') return answerCall(model, request, response);
  if (request.method === 'GET' && path === '/stats') return sendJson(response, 200, model.log.stats());
  if (request.method === 'GET' && path === '/v1/models') {
    return sendJson(response, 200, {
      object: 'list',
      data: [{ id: 'simulated', object: 'model', owned_by: 'skillgrad' }],
    });
  }
  sendJson(response, 404, {
    error: { message: `No such route: ${request.method} ${path}`, type: 'invalid_request_error' },
  });
}

/**
 * Starts the simulated model of SpreadsheetBench's tasks; see `serveRoles`. Throws when the data can't be read or the
 * port is taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  return serveRoles(spreadsheetRoles(await openTaskBook(options.dataDir)), options);
}

/**
 * Starts a simulated model behind an OpenAI-compatible HTTP server on 127.0.0.1: `POST /v1/chat/completions`, `GET
 * /v1/models`, `GET /stats`. An answer depends on `seed` and the canonical request alone (its own `seed` field
 * included); faults, latency, counts and times never change it. Throws when the port is taken.
 */
export async function serveRoles(roles: Roles, options: Omit<SimulatorOptions, 'dataDir'>): Promise<Simulator> {
  const model: SimulatedModel = {
    seed: options.seed,
    latencyMs: options.latencyMs,
    faults: options.faults ?? [],
    roles,
    log: new CallLog(options.seed, options.logFile ?? null),
  };
  const server = createServer((request, response) => {
    route(model, request, response).catch((error: unknown) => {
      const message = `The simulator failed: ${error instanceof Error ? error.message : String(error)}`;
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message, type: 'simulator_error', param: null, code: null } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    stats: () => model.log.stats(),
    setFaults: (faults) => {
      model.faults = faults;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
