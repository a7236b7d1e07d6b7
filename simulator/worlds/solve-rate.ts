import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statementsOf } from '../advice';
import { pointersIn } from '../shown-skill';
import { worldHarms, worldPitfalls, type WorldPitfall } from './pitfalls';
import type { World } from './world';

/** Folder of the skill that runs of the study start from. */
export const seedSkillDir = join(__dirname, 'dispatch-notes');

/** What of a skill an attempt has read: the body, null without a skill, and references by path. */
export interface ReadSkill {
  body: string | null;
  references: Readonly<Record<string, string>>;
}

const seedStatements: ReadonlySet<string> = new Set(
  statementsOf(readFileSync(join(seedSkillDir, 'SKILL.md'), 'utf8').replace(/^---\n[^]*?\n---\n/, '')),
);

/** What a statement says about the pitfalls: those that it advises against in words that work. */
export function advisedIn(statement: string): WorldPitfall[] {
  return worldPitfalls.filter(
    ({ situationSign, actionSign }) => situationSign.test(statement) && actionSign.test(statement),
  );
}

/** References that a body points to for a task with these pitfalls: an executor follows every trigger that fits. */
export function referencesFor(body: string, pitfalls: readonly WorldPitfall[]): string[] {
  const fitting = pointersIn(body).filter(({ trigger }) =>
    pitfalls.some(({ situationSign }) => situationSign.test(trigger)),
  );
  return [...new Set(fitting.map(({ path }) => path))];
}

/** Chances of an attempt: to fall into each pitfall of the task, and that one line slips. */
export interface AttemptChances {
  falls: { id: string; chance: number }[];
  slip: number;
}

/** Chances of an attempt at a task with these pitfalls, given what it has read of a skill. */
export function attemptChances(world: World, pitfalls: readonly WorldPitfall[], read: ReadSkill): AttemptChances {
  const ofBody = statementsOf(read.body ?? '');
  const ofReferences = Object.values(read.references).flatMap(statementsOf);
  const statements = [...ofBody, ...ofReferences];
  const harms = worldHarms.filter(({ sign }) => statements.some((statement) => sign.test(statement)));
  const inBody = new Set(ofBody.flatMap(advisedIn).map(({ id }) => id));
  const inReferences = new Set(ofReferences.flatMap(advisedIn).map(({ id }) => id));
  const works = ({ id, layer }: WorldPitfall): boolean =>
    (layer !== 'L3' && inBody.has(id)) || (layer !== 'L2' && inReferences.has(id));

  const falls = pitfalls.map((pitfall) => {
    const { unadvised, advised, harmed } = world.fall;
    const isHarmed = harms.some(({ hurts }) => hurts === pitfall.id);
    return { id: pitfall.id, chance: isHarmed ? harmed : works(pitfall) ? advised : unadvised };
  });
  const harmedSlip = harms.some(({ hurts }) => hurts === 'all') ? world.slip.harmed : 0;
  const added = statements.filter((statement) => !seedStatements.has(statement)).length;
  const slip = 1 - (1 - world.slip.always) * (1 - harmedSlip) * (1 - world.newStatement) ** added;
  return { falls, slip };
}

function subsets(): { pitfalls: WorldPitfall[]; weight: number }[] {
  const all = Array.from({ length: 2 ** worldPitfalls.length }, (_, bits) => ({
    pitfalls: worldPitfalls.filter((_pitfall, index) => (bits >> index) & 1),
    weight: worldPitfalls.reduce(
      (product, { frequency }, index) => product * ((bits >> index) & 1 ? frequency : 1 - frequency),
      1,
    ),
  }));
  return all.filter(({ pitfalls }) => pitfalls.length > 0);
}

/**
 * The exact chance that an attempt with this skill solves a task of the world, over all tasks as `worldTask` draws them.
 * `references` are all of the package's; the attempt reads those that the body points to for its task.
 */
export function expectedSolveRate(world: World, skill: ReadSkill): number {
  const tasks = subsets();
  const total = tasks.reduce((sum, { weight }) => sum + weight, 0);
  const solved = tasks.reduce((sum, { pitfalls, weight }) => {
    const paths = skill.body === null ? [] : referencesFor(skill.body, pitfalls);
    const references = Object.fromEntries(paths.map((path) => [path, skill.references[path] ?? '']));
    const { falls, slip } = attemptChances(world, pitfalls, { body: skill.body, references });
    return sum + weight * falls.reduce((product, { chance }) => product * (1 - chance), 1 - slip);
  }, 0);
  return solved / total;
}
