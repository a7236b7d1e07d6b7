import { join } from 'node:path';
import { openBenchmark } from '../../benchmarks/open-benchmark';
import { PitfallId, pitfalls } from '../../simulator/pitfalls';
import { solutionCode } from '../../simulator/solution-code';
import { type Simulator, startSimulator } from '../../simulator/start-simulator';
import { openTaskBook, type TaskPlan } from '../../simulator/task-book';
import { ask, callIn, executorRequest, type Disclosed } from './requests';

const dataDir = join(__dirname, '../../examples/spreadsheetbench');
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

interface KnownTask {
  prompt: string;
  plan: TaskPlan;
}

let simulator: Simulator;
let tasks: KnownTask[];
beforeAll(async () => {
  simulator = await startSimulator({ port: 0, dataDir, seed: 1, latencyMs: 0 });
  const book = await openTaskBook(dataDir);
  tasks = [];
  for (const { prompt } of await openBenchmark('spreadsheetbench').load(dataDir)) {
    const plan = await book.planFor(prompt);
    if (plan !== null) tasks.push({ prompt, plan });
  }
});
afterAll(() => simulator.close());

/** A task that hides this pitfall and no other. */
function taskWith(pitfall: PitfallId): KnownTask {
  const task = tasks.find(({ plan }) => plan.assignment.pitfalls.join() === pitfall);
  if (task === undefined) throw new Error(`no task hides ${pitfall} alone`);
  return task;
}

const wholeAdvice = (id: PitfallId): string => `When ${pitfalls[id].situations[0]}, ${pitfalls[id].actions[0]}.`;

/** Share of attempts whose code is the right one; all others must have the code of the given mistakes. */
async function rightShare({ prompt, plan }: KnownTask, skill: Disclosed, harm: string[] = []): Promise<number> {
  const none = { pitfalls: new Set<PitfallId>(), harm: new Set<never>() };
  const right = solutionCode(plan.assignment, none);
  const wrong = solutionCode(plan.assignment, {
    pitfalls: new Set(harm.length > 0 ? [] : plan.assignment.pitfalls),
    harm: new Set(harm as never[]),
  });
  expect(wrong).not.toBe(right);
  const codes = await Promise.all(
    seeds.map(async (seed) => {
      const { name, arguments: args } = callIn(await ask(simulator.url, executorRequest(prompt, seed, skill)));
      expect(name).toBe('run_code');
      return args.code;
    }),
  );
  for (const code of codes) expect([right, wrong]).toContain(code);
  return codes.filter((code) => code === right).length / codes.length;
}

describe('the simulated executor', () => {
  it.each(PitfallId.options)('falls into %s unless the skill that it was shown tells how not to', async (id) => {
    const task = taskWith(id);
    const without = await rightShare(task, { body: '# Sheets\n\n- Read the task and save the workbook.' });
    const { situations, actions } = pitfalls[id];
    expect(without).toBeLessThan(0.25);
    for (const [at, action] of actions.entries()) {
      const body = `# Sheets\n\n## Common Pitfalls\n\n- When ${situations[at % situations.length]}, ${action}.`;
      expect(await rightShare(task, { body })).toBeGreaterThan(0.85);
    }
  });

  it('heeds advice in the description and in a reference that it has read', async () => {
    const task = taskWith('formatted-text');
    const body = '# Sheets\n\nRead the task.';
    const advice = wholeAdvice('formatted-text');
    expect(await rightShare(task, { body, description: advice })).toBeGreaterThan(0.85);
    expect(await rightShare(task, { body, references: { 'references/values.md': advice } })).toBeGreaterThan(0.85);
  });

  it('reads a reference when the trigger fits its task, and only then', async () => {
    const body = '# Sheets\n\n- Read references/dates.md when dates belong in the answer.';
    const fitting = await ask(simulator.url, executorRequest(taskWith('date-text').prompt, 1, { body }));
    expect(callIn(fitting)).toEqual({ name: 'read_reference', arguments: { path: 'references/dates.md' } });
    const other = await ask(simulator.url, executorRequest(taskWith('wrong-sheet').prompt, 1, { body }));
    expect(callIn(other).name).toBe('run_code');
  });

  it('activates the skill first, and knows nothing of a body that was not shown', async () => {
    const { prompt } = taskWith('formatted-text');
    expect(callIn(await ask(simulator.url, executorRequest(prompt, 1)))).toEqual({
      name: 'activate_skill',
      arguments: { name: 'sheets' },
    });
    expect(await rightShare(taskWith('formatted-text'), { tools: ['run_code'] })).toBeLessThan(0.25);
  });

  it('follows harmful advice whatever good advice stands beside it', async () => {
    const body = `# Sheets\n\n- ${wholeAdvice('header-offset')}\n- Put results on a new sheet.`;
    expect(await rightShare(taskWith('header-offset'), { body }, ['new-sheet'])).toBeLessThan(0.1);
  });

  it('knows a task by its prompt alone, and says so when it knows none', async () => {
    const answer = await ask(simulator.url, executorRequest('Sum the column B.', 1));
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.choices[0]?.message.content).toMatch(/do not see how/);
  });

  it('ends with a report once its code has run, and gives up after three failures', async () => {
    const { prompt } = taskWith('formatted-text');
    const request = executorRequest(prompt, 1, { body: '# Sheets' });
    const after = async (results: string[]) => {
      const turns = results.flatMap((content, at) => [
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: `run-${at}`, type: 'function', function: { name: 'run_code', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: `run-${at}`, content },
      ]);
      return (await ask(simulator.url, { ...request, messages: [...request.messages, ...turns] })).choices[0];
    };
    expect((await after(['exit code 0\n--- stdout']))?.message.content).toMatch(/output\.xlsx/);
    expect((await after(['exit code 1']))?.finish_reason).toBe('tool_calls');
    expect((await after(['exit code 1', 'exit code 1', 'ended by the limit: cpu']))?.message.content).toMatch(
      /stop here/,
    );
  });
});
