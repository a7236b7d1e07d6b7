import type { Score } from '../../records/score';
import { ScorerError } from '../benchmark';
import type { ScoreRequest, ScorerPool, ScorerPoolOptions } from '../benchmark';
import { scoreWithoutOutput } from './score-pair';
import type { Pair } from './score-pair';
import { startScoringThread } from './scoring-thread';
import type { PairOutcome, ScoringThread } from './scoring-thread';

function pairOf(request: ScoreRequest): Pair {
  const position = request.answer.answer_position;
  if (position === undefined) throw new ScorerError('position', "the golden's answer has no answer_position");
  const golden = 'goldenBytes' in request ? request.goldenBytes : request.goldenPath;
  if (golden === null) throw new ScorerError('golden', 'the golden has no workbook');
  return {
    golden,
    output: 'outputBytes' in request ? request.outputBytes : request.outputPath,
    position,
    protocol: request.protocol,
  };
}

/**
 * A pool of scoring threads. A file that kills its thread, by memory or time, is tried once more on a fresh one, with
 * twice the time: a busy machine alone makes no verdict. A second death is the verdict `unreadable`.
 */
export function createScorerPool(options: ScorerPoolOptions): ScorerPool {
  const { threads: most, timeLimitMs = 60_000, memoryMb = 1024 } = options;
  const idle: ScoringThread[] = [];
  const all = new Set<ScoringThread>();
  /** Those who wait for a thread, first come first served; null: the pool was closed. */
  const waiting: ((thread: ScoringThread | null) => void)[] = [];
  let closed = false;
  const closedError = () => new ScorerError('closed', 'the scorer pool was closed before the score was there');

  const start = (): ScoringThread => {
    const thread = startScoringThread(memoryMb);
    all.add(thread);
    return thread;
  };

  const borrow = async (): Promise<ScoringThread> => {
    if (closed) throw closedError();
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) {
      if (free.alive()) return free;
      all.delete(free);
    }
    if (all.size < most) return start();
    const handed = await new Promise<ScoringThread | null>((resolve) => waiting.push(resolve));
    if (handed === null) throw closedError();
    return handed;
  };

  const giveBack = (thread: ScoringThread): void => {
    if (!thread.alive()) all.delete(thread);
    const next = closed ? undefined : waiting.shift();
    if (next) next(thread.alive() ? thread : start());
    else if (thread.alive()) idle.push(thread);
  };

  const runOnce = async (pair: Pair, limitMs: number): Promise<PairOutcome> => {
    const thread = await borrow();
    try {
      return await thread.run(pair, limitMs);
    } finally {
      giveBack(thread);
    }
  };

  const score = async (request: ScoreRequest): Promise<Score> => {
    const pair = pairOf(request);
    let outcome = await runOnce(pair, timeLimitMs);
    if (outcome.kind === 'died' && !closed) outcome = await runOnce(pair, 2 * timeLimitMs);
    if (closed && outcome.kind !== 'score') throw closedError();
    switch (outcome.kind) {
      case 'score':
        return outcome.score;
      case 'fault':
        throw outcome.error;
      case 'died':
        if (outcome.answerCells !== null) {
          return scoreWithoutOutput(request.protocol, outcome.answerCells, 'unreadable', outcome.why);
        }
        throw new ScorerError('golden', `the golden workbook can't be read: ${outcome.why}`);
    }
  };

  return {
    score,
    async close() {
      closed = true;
      for (const wake of waiting.splice(0)) wake(null);
      await Promise.all([...all].map((thread) => thread.stop()));
      all.clear();
    },
  };
}
