import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLog } from './call-log';
import { askerOf, canonicalDigest, ChatRequest, conversationDraw, type Asker } from './chat-request';
import { completionBody, completionEvents, speak, usageOf, type Answer } from './completion';
import { errorResponse, spoil } from './fault-responses';
import { drawFault, type Fault } from './faults';
import type { Roles } from './roles';

/** The model and what surrounds it. Only `faults` ever changes. */
export interface SimulatedModel {
  seed: number;
  latencyMs: number;
  faults: readonly Fault[];
  roles: Roles;
  log: CallLog;
}

const callHeader = 'x-skillgrad-call';
// Far above any prompt; it only keeps a broken client from filling the memory.
const maxBodyBytes = 64 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes) throw new Error(`request body is larger than ${maxBodyBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function answerOf(asker: Asker, request: ChatRequest, model: SimulatedModel, draw: string): Promise<Answer> {
  if (asker === 'unknown') return { text: 'This model is simulated and only plays the roles of SkillGrad.', calls: [] };
  return model.roles[asker](request, draw);
}

/** Sends the first half of what was to be sent and drops the connection. */
function cut(response: ServerResponse, headers: Record<string, string>, payload: string): void {
  response.writeHead(200, { ...headers, 'content-length': String(Buffer.byteLength(payload)) });
  response.write(payload.slice(0, Math.floor(payload.length / 2)), () => response.destroy());
}

const pieces = 20;
const slowMsByDefault = 30_000;

/** Sends the answer piece by piece over `slowMs`; false when the client has had enough before the last one. */
async function trickle(response: ServerResponse, payload: string, slowMs: number, left: AbortSignal): Promise<boolean> {
  const bytes = Buffer.from(payload);
  const size = Math.ceil(bytes.length / pieces);
  for (let start = 0; start < bytes.length; start += size) {
    await sleep(slowMs / pieces, undefined, { signal: left }).catch(() => undefined);
    if (left.aborted) return false;
    response.write(bytes.subarray(start, start + size));
  }
  return true;
}

function badRequest(response: ServerResponse, message: string): void {
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }));
}

/** Answers one chat completion request, with the fault that it meets, if any. */
export async function answerCall(
  model: SimulatedModel,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body: object;
  let request: ChatRequest;
  try {
    body = JSON.parse(await readBody(message)) as object;
    request = ChatRequest.parse(body);
  } catch (error) {
    return badRequest(response, `Not a chat completion request: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  const asker = askerOf(request);
  const canonical = canonicalDigest(body);
  const named = message.headers[callHeader];
  const call = typeof named === 'string' && named !== '' ? named : `unnamed-${canonical}`;
  const { arrival, nth } = model.log.arrive(call, asker);
  const fault = drawFault(model.faults, { seed: model.seed, asker, call, arrival: nth, canonical });

  const left = new AbortController();
  response.once('close', () => {
    left.abort();
    model.log.end(arrival, fault?.kind ?? 'aborted', null);
  });
  const draw = conversationDraw(model.seed, request);
  const [answer] = await Promise.all([
    answerOf(asker, request, model, draw),
    sleep(model.latencyMs, undefined, { signal: left.signal }).catch(() => undefined),
  ]);
  const error = fault === null ? null : errorResponse(fault, request.model);
  const spoken = spoil(speak(answer, draw, request.messages.length), fault);
  const usage = usageOf(request, body, spoken);
  // A provider charges also for what nobody waited for.
  if (error === null) arrival.usage = { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
  if (left.signal.aborted || fault?.kind === 'hang') return;

  const result = fault?.kind ?? 'answered';
  if (error !== null) {
    model.log.end(arrival, result, error.status);
    response.writeHead(error.status, error.headers);
    response.end(error.body);
    return;
  }
  const streaming = request.stream === true;
  const headers = { 'content-type': streaming ? 'text/event-stream' : 'application/json' };
  const payload = streaming
    ? completionEvents(request, canonical, spoken, usage).join('')
    : JSON.stringify(completionBody(request, canonical, spoken, usage));
  if (fault?.kind === 'slow-stream') {
    response.writeHead(200, headers);
    if (!(await trickle(response, payload, fault.slowMs ?? slowMsByDefault, left.signal))) return;
    model.log.end(arrival, 'answered', 200);
    response.end();
    return;
  }
  model.log.end(arrival, result, 200);
  if (fault?.kind === 'cut-body') return cut(response, headers, payload);
  response.writeHead(200, headers);
  response.end(payload);
}
