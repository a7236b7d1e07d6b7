import type { Role } from '../records/run-config';
import type { Outcome, ToolObservation } from '../records/trajectory';
import type { Grant, Spending } from '../records/usage';
import { addSpending, covers } from '../records/usage';
import type { Price } from '../records/plan';
import { isFault } from '../records/fault';
import type { Journal } from '../store/journal';
import type { JournaledAnswer } from '../store/journal-entries';
import { conversation, ending, finishReasonOf, repairs } from './chain';
import type { ModelAnswer } from './model/answer';
import type { ModelClient } from './model/client';
import type { ModelRequest } from './model/request';
import { costOf } from './model/prices';
import { callSeed, upperBound } from './model/request';
import type { Tool } from './tool';
import { ToolError } from './tool';
import { cutMiddle } from './trajectory-digest';

/** One chain of model turns: who speaks, with what, under which limits. */
export interface ToolLoop {
  role: Role;
  model: string;
  client: ModelClient;
  price: Price | null;
  system: string;
  /** The task, condensed harder the more often an answer has failed (see `maxOverflows`). */
  user: (overflows: number) => string;
  /**
   * Answers that were none, because the context overflowed, the answer reached its limit, the model refused or a filter
   * struck, after which a condensed prompt is still tried; 0 for the executor.
   */
  maxOverflows: number;
  tools: readonly Tool[];
  maxTurns: number;
  /** Refused submissions and answers without a submission before the chain gives up; null for the executor. */
  repairRounds: number | null;
  maxAnswerTokens: number;
  callTimeoutMs: number;
  /** What the request seed is made of, besides role, turn and repair round. */
  runSeed: number;
  subject: string;
  sample: number;
  allowance: Grant;
  /** Why the allowance is no longer good for a call; null: it is. */
  withdrawal: () => Promise<Withdrawal | null>;
  journal: Journal;
  signal: AbortSignal;
  /** Makes the work directory durable after a turn that ran tools; null where there is none. */
  snapshot: (() => Promise<string>) | null;
}

/** What makes a grant no good for further calls: the run is being rewound, or has been paused since. */
export type Withdrawal = 'run.rewinding' | 'run.paused';

export type LoopEnd =
  /** `submission`: arguments of the accepted final tool call; null if there was none. */
  | { kind: 'ended'; outcome: Outcome; answer: string; submission: string | null }
  /** `outOfTime`: not for lack of money; the next call would begin too late. `recalled`, `held`: it is withdrawn. */
  | { kind: 'allowance'; needed: Spending; outOfTime: boolean; recalled: boolean; held: boolean };

/** Ends a chain whose next call would begin too late; never leaves this file. */
class OutOfTime extends Error {}
/** Ends a chain whose grant is withdrawn; never leaves this file. */
class Withdrawn extends Error {
  constructor(readonly why: Withdrawal) {
    super(why);
  }
}

/** Characters of an observation at most; a work directory, a skill or an error can hold far more. */
const maxObservation = 70_000;

async function observe(loop: ToolLoop, answer: JournaledAnswer) {
  const observations: ToolObservation[] = [];
  let sandboxMs = 0;
  for (const call of answer.calls) {
    await loop.journal.fence();
    loop.signal.throwIfAborted();
    const tool = loop.tools.find(({ name }) => name === call.name);
    const observed = (text: string, isError: boolean) =>
      observations.push({ callId: call.id, content: cutMiddle(text, maxObservation), isError });
    try {
      if (tool === undefined) throw new ToolError(`there is no tool "${call.name}"`);
      const output = await tool.run(call.arguments);
      sandboxMs += output.sandboxMs ?? 0;
      observed(output.content, false);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      observed(`${tool?.final ? 'Refused' : 'Error'}: ${error.message}`, true);
    }
  }
  return { observations, sandboxMs };
}

/**
 * Runs the chain from wherever the journal stands until it ends or its allowance can't cover the next call. An answer is
 * durable before its tools run, and a turn is journaled before the next begins: a chain that is taken up again asks for
 * neither, and runs the tools of an answer without a turn from the work directory of the turn before. Throws the
 * client's fault when a call fails, SupersededError when another attempt has gone on, and the signal's reason when it is
 * aborted.
 */
export async function runToolLoop(loop: ToolLoop): Promise<LoopEnd> {
  const { journal } = loop;
  for (;;) {
    const end = ending(loop, journal.turns);
    if (end !== null) return end;
    loop.signal.throwIfAborted();
    const turn = journal.turns.length + 1;
    let answer = await journal.answered(turn);
    if (answer === null) {
      const round = repairs(loop, journal.turns);
      const request: ModelRequest = {
        model: loop.model,
        messages: conversation(loop, journal.turns),
        tools: loop.tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
        seed: callSeed(loop.runSeed, loop.role, loop.subject, loop.sample, turn, round),
        maxAnswerTokens: loop.maxAnswerTokens,
      };
      const needed = upperBound(request, loop.price);
      if (!covers(loop.allowance, addSpending(journal.spending(), needed))) {
        return { kind: 'allowance', needed, outOfTime: false, recalled: false, held: false };
      }
      try {
        answer = await ask(loop, request, turn, `${journal.key}#${turn}.${round}`, needed);
      } catch (error) {
        const outOfTime = error instanceof OutOfTime;
        const why = error instanceof Withdrawn ? error.why : null;
        if (!outOfTime && why === null) throw error;
        return { kind: 'allowance', needed, outOfTime, recalled: why === 'run.rewinding', held: why === 'run.paused' };
      }
    }
    await finishTurn(loop, answer);
  }
}

async function ask(loop: ToolLoop, request: ModelRequest, turn: number, callId: string, bound: Spending) {
  const { journal } = loop;
  const startedAt = performance.now();
  let answer: ModelAnswer;
  try {
    answer = await loop.client.complete(request, {
      callId,
      signal: loop.signal,
      timeoutMs: loop.callTimeoutMs,
      // The last moment before the request leaves, after any wait for the rate limit: fence and intent belong here.
      beforeSend: async () => {
        const { untilMs } = loop.allowance;
        if (untilMs !== null && Date.now() >= untilMs) throw new OutOfTime();
        const before = await loop.withdrawal();
        if (before !== null) throw new Withdrawn(before);
        await journal.intend(turn, callId, bound);
        // Again after the intent: a rewind reads the intents after it has recalled the grants.
        const why = await loop.withdrawal();
        if (why === null) return;
        await journal.voidCall(turn, why);
        throw new Withdrawn(why);
      },
    });
  } catch (error) {
    // A refused call cost nothing; one whose answer got lost may have, and is settled at its bound.
    if (isFault(error) && 'lost' in error && error.lost === false) await journal.voidCall(turn, error.type);
    throw error;
  }
  return journal.keepAnswer({
    turn,
    callId,
    thought: answer.message.content,
    // What an answer that was cut or filtered asks for is not to be done.
    calls: answer.kind === 'answer' ? answer.message.toolCalls : [],
    finishReason: answer.kind === 'answer' ? answer.finishReason : finishReasonOf(answer.outcome),
    usage: answer.usage,
    durationMs: Math.round(performance.now() - startedAt),
    responseModel: answer.responseModel,
    ...(answer.responseFingerprint === undefined ? {} : { responseFingerprint: answer.responseFingerprint }),
    seedDropped: answer.seedDropped,
    spending: {
      calls: 1,
      tokens: answer.usage.inputTokens + answer.usage.outputTokens,
      costUsd: costOf(answer.usage, loop.price),
    },
  });
}

async function finishTurn(loop: ToolLoop, answer: JournaledAnswer): Promise<void> {
  const { turn, callId, thought, calls, finishReason, usage, seedDropped, spending } = answer;
  const startedAt = performance.now();
  const { observations, sandboxMs } = await observe(loop, answer);
  await loop.journal.append({
    callId,
    paidBy: answer.claim,
    turn: {
      turn,
      thought,
      calls,
      observations,
      finishReason,
      usage,
      durationMs: answer.durationMs + Math.round(performance.now() - startedAt),
      sandboxMs: Math.round(sandboxMs),
      responseModel: answer.responseModel,
      ...(answer.responseFingerprint === undefined ? {} : { responseFingerprint: answer.responseFingerprint }),
    },
    spending,
    workDir: observations.length > 0 && loop.snapshot !== null ? await loop.snapshot() : null,
    seedDropped,
  });
}
