import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statementsOf } from '../../../simulator/advice';
import { ChatRequest } from '../../../simulator/chat-request';
import { worldExecutor } from '../../../simulator/worlds/executor';
import { distractors, worldHarms, worldPitfalls } from '../../../simulator/worlds/pitfalls';
import { advisedIn, expectedSolveRate, seedSkillDir, type ReadSkill } from '../../../simulator/worlds/solve-rate';
import { modelOf, worldNamed, WorldName } from '../../../simulator/worlds/world';
import { worldTask } from '../../../simulator/worlds/world-tasks';
import { executorRequest } from '../requests';

const world = worldNamed('hidden-pitfalls');
const seedBody = readFileSync(join(seedSkillDir, 'SKILL.md'), 'utf8').replace(/^---\n[^]*?\n---\n/, '');
const seed: ReadSkill = { body: seedBody, references: {} };
const nothing: ReadSkill = { body: null, references: {} };
const item = (text: string): ReadSkill => ({ body: `${seedBody}- ${text}\n`, references: {} });

function adviceAgainst(id: string): string {
  const pitfall = worldPitfalls.find((one) => one.id === id);
  return `When ${pitfall?.situations[0]}, ${pitfall?.actions[0]}.`;
}

function lifted(id: string, trigger: string): ReadSkill {
  const path = `references/${id}.md`;
  return {
    body: `${seedBody}- Read ${path} when ${trigger}. Skip when no fact says so.\n`,
    references: { [path]: `# Lifted\n\n- ${adviceAgainst(id)}\n` },
  };
}

describe('advice in the worlds', () => {
  it.each(worldPitfalls.map((pitfall) => [pitfall.id, pitfall] as const))(
    'works against %s in each of its wordings, against nothing else, and never as a decoy',
    (id, { situations, actions, decoys }) => {
      for (const situation of situations) {
        for (const action of actions) {
          expect(advisedIn(`When ${situation}, ${action}.`).map((one) => one.id)).toEqual([id]);
          expect(advisedIn(`${action}; this holds whenever ${situation}.`).map((one) => one.id)).toEqual([id]);
        }
        for (const decoy of decoys) expect(advisedIn(`When ${situation}, ${decoy}.`)).toEqual([]);
      }
    },
  );

  it('is harmful exactly where it is meant to be', () => {
    const harmsIn = (text: string): string[] => worldHarms.filter(({ sign }) => sign.test(text)).map(({ id }) => id);
    for (const { id, wordings } of worldHarms) for (const text of wordings) expect(harmsIn(text)).toEqual([id]);
    const good = worldPitfalls.flatMap(({ situations, actions, decoys }) => [...situations, ...actions, ...decoys]);
    for (const text of [...good, ...distractors, seedBody]) expect(harmsIn(text)).toEqual([]);
  });

  it('of the seed skill is about one pitfall', () => {
    expect(
      statementsOf(seedBody)
        .flatMap(advisedIn)
        .map(({ id }) => id),
    ).toEqual(['glass']);
    expect(expectedSolveRate(world, seed)).toBeGreaterThan(expectedSolveRate(world, nothing));
  });
});

describe('the expected solve rate', () => {
  it('rises with advice in the layer where it works, and only there', () => {
    const start = expectedSolveRate(world, seed);
    for (const { id, layer, situations } of worldPitfalls.filter((pitfall) => pitfall.id !== 'glass')) {
      const inBody = expectedSolveRate(world, item(adviceAgainst(id)));
      const inReference = expectedSolveRate(world, lifted(id, situations[0] ?? ''));
      const neverRead = expectedSolveRate(world, lifted(id, 'it rains'));
      if (layer === 'L3') expect(inBody).toBe(start);
      else expect(inBody).toBeGreaterThan(start);
      if (layer === 'L2') expect(inReference).toBe(start);
      else expect(inReference).toBeGreaterThan(start);
      expect(neverRead).toBe(start);
    }
  });

  it('is lowered by harm whatever good advice stands beside it, and left alone by distractors', () => {
    const advised = item(adviceAgainst('cooling'));
    const harmed = (wording: string): number =>
      expectedSolveRate(world, { ...advised, body: `${advised.body}- ${wording}\n` });
    for (const { wordings } of worldHarms) {
      for (const wording of wordings) expect(harmed(wording)).toBeLessThan(expectedSolveRate(world, advised));
    }
    for (const text of distractors) expect(harmed(text)).toBe(expectedSolveRate(world, advised));
  });

  it('shows nothing to gain in the controls', () => {
    const changes = [item(adviceAgainst('cooling')), lifted('battery', 'a battery is enclosed')];
    for (const name of ['no-help', 'pure-noise', 'all-harmful'] as const) {
      const control = worldNamed(name);
      const start = expectedSolveRate(control, seed);
      for (const changed of [...changes, ...distractors.map(item), item(worldHarms[0]?.wordings[0] ?? '')]) {
        const rate = expectedSolveRate(control, changed);
        if (name === 'all-harmful') expect(rate).toBeLessThan(start);
        else expect(rate).toBeCloseTo(start, 12);
      }
    }
    expect(expectedSolveRate(worldNamed('pure-noise'), seed)).toBeCloseTo(0.5, 12);
  });
});

/** Whether the simulated executor solves the task when the loop hands it what it asks for. */
function solves(name: WorldName, task: number, skill: ReadSkill, callSeed: number): boolean {
  const { prompt, answer } = worldTask(7, task);
  const references: Record<string, string> = {};
  for (let turn = 0; turn < 12; turn += 1) {
    const { body } = skill;
    const request = executorRequest(prompt, callSeed, { ...(body !== null && { body }), references });
    const system = { role: 'system', content: 'You solve one task.' };
    const messages = body === null ? [system, ...request.messages.slice(1)] : request.messages;
    const parsed = ChatRequest.parse({ ...request, messages, model: modelOf(name) });
    const [call] = worldExecutor(parsed, `conversation-${task}`).calls;
    const made = call?.arguments as { path: string; content: string };
    if (call?.name === 'write_file') return made.content.trim() === answer;
    references[made.path] = skill.references[made.path] ?? 'Error: no such file';
  }
  throw new Error('the executor wrote nothing');
}

describe('the simulated executor', () => {
  const attempts = 3000;
  it.each(
    WorldName.options.flatMap((name) =>
      (
        [
          ['no skill', nothing],
          ['the seed skill', seed],
          ['a lifted reference', lifted('battery', 'a battery is enclosed')],
          ['advice and harm', item(`${adviceAgainst('cooling')}\n- ${worldHarms[1]?.wordings[0]}`)],
        ] as const
      ).map(([what, skill]) => [name, what, skill] as const),
    ),
  )('in %s with %s solves as often as the exact rate says', (name, _what, skill) => {
    const solved = Array.from({ length: attempts }, (_, task) => solves(name, task, skill, task)).filter(Boolean);
    const rate = expectedSolveRate(worldNamed(name), skill);
    const error = Math.sqrt((rate * (1 - rate)) / attempts);
    expect(Math.abs(solved.length / attempts - rate)).toBeLessThan(4 * error);
  });

  it('meets fresh chance under another seed and under other words of the same worth', () => {
    const outcomes = (skill: ReadSkill, callSeed: number): string =>
      Array.from({ length: 60 }, (_, task) => (solves('pure-noise', task, skill, callSeed) ? '1' : '0')).join('');
    const before = outcomes(seed, 1);
    expect(outcomes(seed, 1)).toBe(before);
    expect(outcomes(seed, 2)).not.toBe(before);
    expect(outcomes(item(distractors[0] ?? ''), 1)).not.toBe(before);
  });
});
