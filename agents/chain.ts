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

function submissionIn(loop: ToolLoop, turn: Turn): { argumentsJson: string; isError: boolean } | null {
  const call = turn.calls.find(({ name }) => loop.tools.some((tool) => tool.final && tool.name === name));
  const observation = turn.observations.find(({ callId }) => callId === call?.id);
  return call && observation ? { argumentsJson: call.arguments, isError: observation.isError } : null;
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
