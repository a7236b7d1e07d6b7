import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Score } from '../../records/score';
import { ScorerError } from '../benchmark';
import type { Pair } from './score-pair';
import type { ThreadReply } from './scorer-thread';

/** How a pair ended on a thread. `died`: the thread is gone; `answerCells` null: before it had read the golden. */
export type PairOutcome =
  | { kind: 'score'; score: Score }
  | { kind: 'fault'; error: ScorerError }
  | { kind: 'died'; why: string; answerCells: number | null };

/** A worker thread that scores one pair at a time. */
export interface ScoringThread {
  run(pair: Pair, timeLimitMs: number): Promise<PairOutcome>;
  /** A thread that died, or was stopped, takes no more pairs. */
  alive(): boolean;
  stop(): Promise<void>;
}

/**
 * Loads the entry beside this file: compiled JavaScript as it is, TypeScript through tsx. Plain code, so that it starts
 * alike under node, tsx and jest; the parent's own loader flags aren't inherited.
 */
const bootstrap =
  "const { workerData } = require('node:worker_threads');" +
  'if (workerData.loader !== null) require(workerData.loader);' +
  'require(workerData.entry);';

function startWorker(memoryMb: number): Worker {
  const compiled = path.join(__dirname, 'scorer-thread.js');
  const isCompiled = existsSync(compiled);
  return new Worker(bootstrap, {
    eval: true,
    workerData: {
      loader: isCompiled ? null : require.resolve('tsx/cjs'),
      entry: isCompiled ? compiled : path.join(__dirname, 'scorer-thread.ts'),
    },
    execArgv: [],
    // A thread that reads hostile files knows no secrets of the process.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
  });
}

/** Starts a thread; the first pair waits until it is up. `memoryMb` is its heap limit: beyond it the thread dies. */
export function startScoringThread(memoryMb: number): ScoringThread {
  const worker = startWorker(memoryMb);
  let alive = true;
  let answerCells: number | null = null;
  let finish: ((outcome: PairOutcome) => void) | null = null;
  let cause = 'its thread ended';

  let becomeReady: () => void;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));
  let isReady = false;

  const deathNow = (): PairOutcome => {
    if (isReady) return { kind: 'died', why: cause, answerCells };
    return { kind: 'fault', error: new ScorerError('thread', `a scoring thread could not start: ${cause}`) };
  };
  worker.on('message', (message: ThreadReply) => {
    if (message.kind === 'ready') {
      isReady = true;
      becomeReady();
    } else if (message.kind === 'golden-read') answerCells = message.answerCells;
    else if (message.kind === 'score') finish?.(message);
    else finish?.({ kind: 'fault', error: new ScorerError(message.fault, message.message) });
  });
  worker.on('error', (error) => {
    const code = 'code' in error ? error.code : null;
    cause = code === 'ERR_WORKER_OUT_OF_MEMORY' ? `it takes more than ${memoryMb} MB to read` : error.message;
  });
  worker.on('exit', () => {
    alive = false;
    finish?.(deathNow());
    becomeReady();
  });

  return {
    alive: () => alive,
    async stop() {
      alive = false;
      await worker.terminate();
    },
    async run(pair, timeLimitMs) {
      // While a pair is out the thread keeps the process alive; an idle one doesn't.
      worker.ref();
      answerCells = null;
      const outcome = new Promise<PairOutcome>((resolve) => (finish = resolve));
      await ready;
      if (!alive) finish?.(deathNow());
      worker.postMessage(pair);
      const timer = setTimeout(() => {
        alive = false;
        cause = `it takes longer than ${timeLimitMs} ms to read`;
        void worker.terminate();
      }, timeLimitMs);
      const result = await outcome;
      clearTimeout(timer);
      finish = null;
      worker.unref();
      return result;
    },
  };
}
