import { parentPort } from 'node:worker_threads';
import type { Score } from '../../records/score';
import { PairError, scorePair } from './score-pair';
import type { Pair } from './score-pair';

/** What a scoring thread tells the pool. */
export type ThreadReply =
  | { kind: 'ready' }
  | { kind: 'golden-read'; answerCells: number }
  | { kind: 'score'; score: Score }
  | { kind: 'fault'; fault: 'file' | 'golden' | 'thread'; message: string };

const port = parentPort;
if (port === null) throw new Error('scorer-thread is started by the scorer pool as a worker thread');
const reply = (message: ThreadReply): void => port.postMessage(message);

port.on('message', (pair: Pair) => {
  try {
    reply({ kind: 'score', score: scorePair(pair, (answerCells) => reply({ kind: 'golden-read', answerCells })) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply({ kind: 'fault', fault: error instanceof PairError ? error.kind : 'thread', message });
  }
});
reply({ kind: 'ready' });
