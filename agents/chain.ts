import type { Outcome, Turn } from '../records/trajectory';
import type { JournaledTurn } from '../store/journal-entries';
import type { ModelMessage } from './model/request';
import type { LoopEnd, ToolLoop } from './tool-loop';

const submitReminder = 'Refused: no submission. Call the submit tool with your result.';
const outcomes = new Map<string, Outcome>([
  ['length', 'length'],
  ['content_filter', 'content-filter'],
  ['refusal', 'refusal'],
  ['context-overflow', 'context-overflow'],
]);

/** The turn as a record names its end: a provider's own word for an answer, one of these for what is none. */
export function finishReasonOf(outcome: Outcome): string {
  return [...outcomes].find(([, value]) => value === outcome)?.[0] ?? outcome;
}

const failed = ({ turn }: JournaledTurn) => outcomes.has(turn.finishReason);

/** The conversation so far, rebuilt from the journal alone: the same after a crash as without one. */
export function conversation(loop: ToolLoop, turns: readonly JournaledTurn[]): ModelMessage[] {
  const overflows = turns.filter(failed).length;
  const messages: ModelMessage[] = [
    { role: 'system', content: loop.system },
    { role: 'user', content: loop.user(overflows) },
  ];
  // After an answer that was none the chain starts over with a shorter prompt.
  for (const { turn } of turns.slice(turns.findLastIndex(failed) + 1)) {
    messages.push({ role: 'assistant', content: turn.thought, toolCalls: turn.calls });
    for (const { callId, content } of turn.observations) messages.push({ role: 'tool', callId, content });
    if (turn.calls.length === 0) messages.push({ role: 'user', content: submitReminder });
  }
  return messages;
}

/** How many times the model has been sent back to mend its submission. */
export function repairs(loop: ToolLoop, turns: readonly JournaledTurn[]): number {
  if (loop.repairRounds === null) return 0;
  return turns.filter(
    (entry) => !failed(entry) && (entry.turn.calls.length === 0 || submissionIn(loop, entry.turn)?.isError === true),
  ).length;
}

/** A call of a submit tool and what became of it. */
interface Submission {
  argumentsJson: string;
  observation: string;
  isError: boolean;
}

/** The submissions of a turn through the tools named, in order. */
export function submissionsIn({ calls, observations }: Turn, names: readonly string[]): Submission[] {
  // By place, not by id: a model may give two calls of one answer the same id.
  return calls.flatMap(({ name, arguments: argumentsJson }, index) => {
    const observed = observations[index];
    if (!names.includes(name) || observed === undefined) return [];
    return [{ argumentsJson, observation: observed.content, isError: observed.isError }];
  });
}

/** The submission that a turn counts by: the first that was accepted, or else the first; null without one. */
function submissionIn(loop: ToolLoop, turn: Turn): Submission | null {
  const names = loop.tools.filter((tool) => tool.final).map(({ name }) => name);
  const made = submissionsIn(turn, names);
  return made.find(({ isError }) => !isError) ?? made[0] ?? null;
}

/** Whether the chain is over after the journaled turns, and how; null while it goes on. */
export function ending(loop: ToolLoop, turns: readonly JournaledTurn[]): LoopEnd | null {
  const last = turns.at(-1)?.turn;
  if (last === undefined) return null;
  const end = (outcome: Outcome, submission: string | null = null): LoopEnd => {
    return { kind: 'ended', outcome, answer: last.thought, submission };
  };
  const outcome = outcomes.get(last.finishReason);
  if (outcome !== undefined) {
    const isLast = turns.filter(failed).length > loop.maxOverflows || turns.length >= loop.maxTurns;
    return isLast ? end(outcome) : null;
  }
  const submission = submissionIn(loop, last);
  if (submission && !submission.isError) return end('finished', submission.argumentsJson);
  if (last.calls.length === 0 && loop.repairRounds === null) return end('finished');
  if (loop.repairRounds !== null && repairs(loop, turns) > loop.repairRounds) return end('turn-limit');
  return turns.length >= loop.maxTurns ? end('turn-limit') : null;
}
