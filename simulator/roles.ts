import { accumulatorAnswer } from './accumulator';
import { authorAnswer } from './author';
import type { Asker, ChatRequest } from './chat-request';
import type { Answer } from './completion';
import { diagnoserAnswer } from './diagnoser';
import { executorAnswer } from './executor';
import { patcherAnswer } from './patcher';
import type { TaskBook } from './task-book';

/**
 * How the simulated model plays the roles: the next turn for a request. `conversation` is the draw that all turns of a
 * conversation share; an answer depends on it and the request alone.
 */
export type Roles = Record<
  Exclude<Asker, 'unknown'>,
  (request: ChatRequest, conversation: string) => Answer | Promise<Answer>
>;

/** The roles on tasks of SpreadsheetBench. */
export function spreadsheetRoles(tasks: TaskBook): Roles {
  return {
    executor: (request, conversation) => executorAnswer(request, tasks, conversation),
    diagnoser: diagnoserAnswer,
    accumulator: accumulatorAnswer,
    patcher: patcherAnswer,
    author: (_request, conversation) => authorAnswer(conversation),
  };
}
