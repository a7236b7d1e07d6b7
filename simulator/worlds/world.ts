import { z } from 'zod';

/** The worlds of the study, by name: the one with something to learn, and three with nothing to gain. */
export const WorldName = z.enum(['hidden-pitfalls', 'no-help', 'all-harmful', 'pure-noise']);
export type WorldName = z.infer<typeof WorldName>;

/**
 * What decides an attempt in a world; all are chances from 0 to 1 and drawn by each call on its own. A task is solved
 * when it falls into none of its pitfalls and nothing slips.
 */
export interface World {
  name: WorldName;
  /** Chance to fall into a pitfall of the task without working advice against it, with it, and under harmful advice. */
  fall: { unadvised: number; advised: number; harmed: number };
  /** Chance that one line of the task goes wrong for no reason, and the additional one under harm to all lines. */
  slip: { always: number; harmed: number };
  /** Chance that each statement which the seed skill doesn't have makes a line go wrong. */
  newStatement: number;
}

/*
 * Set once, before the first study. An unadvised pitfall is nearly always fallen into and an advised one hardly ever,
 * so that the order of what matters is that of the pitfalls' frequencies; 0.03 of slips keep even a perfect skill from
 * a perfect score. The controls sit near one half, where chance is at its loudest.
 */
const worlds: Record<WorldName, Omit<World, 'name'>> = {
  'hidden-pitfalls': {
    fall: { unadvised: 0.8, advised: 0.08, harmed: 0.95 },
    slip: { always: 0.03, harmed: 0.35 },
    newStatement: 0,
  },
  'no-help': {
    fall: { unadvised: 0.35, advised: 0.35, harmed: 0.35 },
    slip: { always: 0.03, harmed: 0 },
    newStatement: 0,
  },
  'all-harmful': {
    fall: { unadvised: 0.3, advised: 0.3, harmed: 0.3 },
    slip: { always: 0.03, harmed: 0 },
    newStatement: 0.08,
  },
  'pure-noise': {
    fall: { unadvised: 0, advised: 0, harmed: 0 },
    slip: { always: 0.5, harmed: 0 },
    newStatement: 0,
  },
};

/** The world of this name. */
export function worldNamed(name: WorldName): World {
  return { name, ...worlds[name] };
}

/** The model that plays the roles in a world, by which a request says what world it comes from. */
export const modelOf = (world: WorldName): string => `simulated-${world}`;

/** The world that a model plays in. Throws for a model of no world. */
export function worldOfModel(model: string): World {
  const name = WorldName.safeParse(model.replace(/^simulated-/, ''));
  if (name.success) return worldNamed(name.data);
  throw new Error(`model ${model}: expected ${WorldName.options.map(modelOf).join(', ')}`);
}

/**
 * How often the optimiser's roles are wrong, in every world alike. A failure shows what is wrong but not which action
 * would have been right; the contrast with a success nearly always does. The shares follow the toy of the outer loop in
 * the notes on the method, where .55 of the changes help, .25 do nothing and .20 harm.
 */
export const optimiser = {
  /** Share of diagnoses that name an action which works. */
  rightAfterFailure: 0.65,
  rightAfterContrast: 0.9,
  /** Share of patches that carry a harmful edit, and one that does nothing for any task. */
  harmful: 0.5,
  distracting: 0.25,
  /** A pattern that edits in place did not mend so often is answered by a structural move. */
  liftAfter: 3,
  /**
   * A skill written before anybody has tried a task: share of the facts seen that it advises on, of that advice which
   * works, and of harmful lines that it holds.
   */
  suspectedUnseen: 0.5,
  rightUnseen: 0.5,
  harmfulUnseen: 0.25,
};
