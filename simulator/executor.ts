import { effectOf, situationsIn } from './advice';
import { pastCalls, userText, type ChatRequest } from './chat-request';
import type { Answer } from './completion';
import { draw, pick } from './draws';
import type { PitfallId } from './pitfalls';
import { pointersIn, shownSkill, type ShownSkill } from './shown-skill';
import { solutionCode, type Mistakes } from './solution-code';
import type { TaskBook, TaskPlan } from './task-book';

/** Share of attempts that avoid all pitfalls without advice, and share that forget the advice they were given. */
const luckyShare = 0.07;
const forgetfulShare = 0.03;
/** Runs of failing code after which the simulated model gives up. */
const maxFailedRuns = 3;

const tell = (text: string): Answer => ({ text, calls: [] });
const call = (text: string, name: string, args: object): Answer => ({ text, calls: [{ name, arguments: args }] });

/** The first reference that the body points to for this kind of task and that was not asked for yet. */
function referenceToRead(shown: ShownSkill, plan: TaskPlan): string | null {
  const fits = (trigger: string): boolean => situationsIn(trigger).some((id) => plan.assignment.pitfalls.includes(id));
  const pointer = shown.bodies
    .flatMap(pointersIn)
    .find((candidate) => fits(candidate.trigger) && !shown.referencesAsked.includes(candidate.path));
  return pointer?.path ?? null;
}

/** What this attempt does wrong, given the skill text it was shown; chance comes from the conversation's draw. */
function mistakesOf(plan: TaskPlan, shown: ShownSkill, conversation: string): Mistakes {
  const effect = effectOf(shown.text);
  const chance = draw('care', conversation);
  const avoids = (id: PitfallId): boolean =>
    effect.avoided.has(id) ? chance < 1 - forgetfulShare : chance < luckyShare;
  return {
    pitfalls: new Set(plan.assignment.pitfalls.filter((id) => !avoids(id))),
    harm: new Set(effect.harm.map((harm) => harm.id)),
  };
}

const openings = [
  'I have what I need and write the results now.',
  'Next I fill the answer range with a script.',
  'I write a script that saves the results.',
];

/**
 * The executor's next turn: read the skill if there is one, follow a pointer that fits the task, run code that writes the
 * answer, report. The task is found by its prompt alone.
 */
export async function executorAnswer(request: ChatRequest, tasks: TaskBook, conversation: string): Promise<Answer> {
  const plan = await tasks.planFor(userText(request));
  if (plan === null) return tell('I do not see how to solve this task with the tools at hand.');
  const tools = new Set(request.tools.map((tool) => tool.function.name));
  const calls = pastCalls(request);
  const shown = shownSkill(request);

  const [skill] = shown.offered;
  if (skill !== undefined && tools.has('activate_skill') && shown.bodies.length === 0) {
    return call('I look at the skill first.', 'activate_skill', { name: skill });
  }
  const reference = tools.has('read_reference') ? referenceToRead(shown, plan) : null;
  if (reference !== null)
    return call('The skill points to a reference for this.', 'read_reference', { path: reference });

  const runs = calls.filter((past) => past.name === 'run_code');
  if (runs.some((run) => /^exit code 0\b/m.test(run.result ?? ''))) {
    return tell('The results are in output.xlsx.');
  }
  if (runs.length >= maxFailedRuns || !tools.has('run_code')) return tell('The script did not run; I stop here.');
  const mistakes = mistakesOf(plan, shown, conversation);
  const heeded = [...effectOf(shown.text).avoided].some((id) => plan.assignment.pitfalls.includes(id));
  const opening = heeded
    ? 'The advice of the skill holds here, so I follow it.'
    : pick(openings, 'opening', conversation);
  return call(opening, 'run_code', { file: 'solve.mjs', code: solutionCode(plan.assignment, mistakes) });
}
