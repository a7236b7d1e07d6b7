import { statementsOf } from '../advice';
import { pastCalls, userText, type ChatRequest } from '../chat-request';
import type { Answer } from '../completion';
import { digest, draw, pick } from '../draws';
import { safeJson, shownSkill } from '../shown-skill';
import { advisedIn, attemptChances, referencesFor, type AttemptChances, type ReadSkill } from './solve-rate';
import { noteOf, readTask } from './world-tasks';
import { worldOfModel } from './world';

const answerName = 'answer.txt';
const say = (text: string): Answer => ({ text, calls: [] });
const call = (text: string, name: string, args: object): Answer => ({ text, calls: [{ name, arguments: args }] });

/** References that were read, by the path asked for. */
function referencesRead(request: ChatRequest): Record<string, string> {
  const read = pastCalls(request).filter(({ name }) => name === 'read_reference');
  return Object.fromEntries(
    read.map((past) => [String((safeJson(past.arguments) as { path?: unknown } | null)?.path), past.result ?? '']),
  );
}

/** The lines that go wrong in one attempt. */
function wrongLines({ falls, slip }: AttemptChances, attempt: string): Set<string> {
  const wrong = new Set(falls.filter(({ id, chance }) => draw('fall', attempt, id) < chance).map(({ id }) => id));
  if (draw('slip', attempt) < slip) wrong.add(pick(falls, 'slipped', attempt).id);
  return wrong;
}

/**
 * The executor's next turn in a world: read the skill and the references that it points to for this task, write the
 * note, report. Whether a pitfall is fallen into is drawn from the deciding call's own seed and the text shown: equally
 * good skills of different wording meet fresh chance.
 */
export function worldExecutor(request: ChatRequest, conversation: string): Answer {
  const world = worldOfModel(request.model);
  const prompt = userText(request);
  const task = readTask(prompt);
  if (task === null) return say('I do not see how to write this note.');
  const shown = shownSkill(request);
  const [skill] = shown.offered;
  const [body = null] = shown.bodies;
  if (skill !== undefined && body === null) {
    return call('I look at the skill first.', 'activate_skill', { name: skill });
  }
  const references = referencesRead(request);
  const next = referencesFor(body ?? '', task.pitfalls).find((path) => references[path] === undefined);
  if (next !== undefined) return call('The skill points to a reference for this.', 'read_reference', { path: next });
  if (pastCalls(request).some(({ name }) => name === 'write_file')) return say(`The note is in ${answerName}.`);

  const read: ReadSkill = { body, references };
  const attempt = digest('attempt', conversation, request.seed ?? 0, shown.text);
  const wrong = wrongLines(attemptChances(world, task.pitfalls, read), attempt);
  const advised = [body ?? '', ...Object.values(references)].flatMap(statementsOf).flatMap(advisedIn);
  const heeded = advised.some(({ id }) => task.pitfalls.some((pitfall) => pitfall.id === id));
  const thought = heeded ? 'The advice of the skill holds here, so I follow it.' : 'I write the note.';
  return call(thought, 'write_file', { path: answerName, content: `${noteOf(task, wrong)}\n` });
}
