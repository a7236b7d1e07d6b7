import { Fault } from '../records/fault';
import type { Score, ScoreProtocol } from '../records/score';
import type { BenchmarkName, ExcludedTask } from '../records/task';

/** A file of a task where it lies on this machine; `path` is its name in the work directory, or in the golden. */
export interface LoadedFile {
  path: string;
  sourcePath: string;
}

/** A task as a data folder holds it, before `prepare` copies it into the store. Fields as in the records of a task. */
export interface LoadedTask {
  id: string;
  prompt: string;
  inputs: LoadedFile[];
  outputs: string[];
  golden: { files: LoadedFile[]; answer: Record<string, string> };
}

/**
 * A golden and what was left in its place; `null`: there is no such file. `answer` is the golden's record, which is all
 * there is of the golden in a benchmark without golden files.
 */
export type ScoreRequest = ({ goldenPath: string | null } | { goldenBytes: Uint8Array }) &
  ({ outputPath: string | null } | { outputBytes: Uint8Array | null }) & {
    answer: Record<string, string>;
    protocol: ScoreProtocol;
  };

/** Threads that score. */
export interface ScorerPool {
  /**
   * Scores one pair; whatever an output file holds gives a Score.
   * @throws ScorerError for what isn't the output's doing: a golden or file that can't be read, a broken pool
   */
  score(request: ScoreRequest): Promise<Score>;
  /** Ends the threads; scores still awaited are rejected. */
  close(): Promise<void>;
}

export interface ScorerPoolOptions {
  /** Threads at most; they start when needed. */
  threads: number;
  /** Wall time of one pair, in milliseconds. */
  timeLimitMs?: number;
  /** JavaScript heap of one thread, in megabytes. */
  memoryMb?: number;
}

const scorerFaults = {
  file: { retryable: true, fix: 'make the file readable for the worker, or restore it' },
  golden: { retryable: false, fix: "replace the task's golden workbook in the data, or leave the task out" },
  position: { retryable: false, fix: "complete the task's golden answer in the data, or leave the task out" },
  thread: { retryable: true, fix: 'check that the machine has memory to spare, then resume' },
  closed: { retryable: true, fix: 'start a worker again' },
} satisfies Record<string, { retryable: boolean; fix: string }>;

/**
 * Why a pair got no score: never the output's doing. `file`: one that can't be read; `golden`: no workbook;
 * `position`: the golden's
 * answer lacks what is compared; `thread`, `closed`: the pool itself. Its type is `scorer.<kind>`.
 */
export class ScorerError extends Fault {
  constructor(
    readonly kind: keyof typeof scorerFaults,
    message: string,
    cause?: unknown,
  ) {
    super(message, { type: `scorer.${kind}`, ...scorerFaults[kind], cause });
    this.name = 'ScorerError';
  }
}

/** A benchmark's data that can't be used: the message names file, entry and field, `fix` says what to do. */
export class BenchmarkDataError extends Fault {
  constructor(message: string, fix: string, cause?: unknown) {
    super(message, { type: 'input.benchmark-data', retryable: false, fix, cause });
    this.name = 'BenchmarkDataError';
  }
}

/** A task set with its official scorer. */
export interface Benchmark {
  name: BenchmarkName;
  /** @throws BenchmarkDataError */
  load(dataDir: string): Promise<LoadedTask[]>;
  createScorerPool(options: ScorerPoolOptions): ScorerPool;
  /** Tasks that can never or always pass under the protocol, in the order of `tasks`. */
  findInfeasible(tasks: readonly LoadedTask[], protocol: ScoreProtocol, pool: ScorerPool): Promise<ExcludedTask[]>;
}
