import type { Ancestor, MomentumUpdate, Pattern, Remedy, Sighting } from '../records/momentum';

type Words = MomentumUpdate['patterns'][number];
type Split = NonNullable<MomentumUpdate['splits']>[number];

/** The patterns after merges and splits, and what became of those that are gone. */
export interface Restructured {
  patterns: Pattern[];
  /** Each absorbed pattern with the one that has it now, through chains of merges. */
  absorbedBy: Map<string, string>;
  /** Each pattern that was split away with its parts; one that stays as a part of itself is not among them. */
  splitInto: Map<string, string[]>;
}

/**
 * Merges and splits patterns as an update proposes. No history is lost and none is invented: who absorbs has all
 * sightings, steps and remedies of the absorbed; parts share out the sightings of what they came from, and each keeps its
 * whole remedy log. A merge or split that does not add up is left undone and told among the problems.
 */
export function restructure(
  patterns: readonly Pattern[],
  update: Pick<MomentumUpdate, 'merges' | 'splits'>,
  words: ReadonlyMap<string, Words>,
  step: number,
  problems: string[],
): Restructured {
  const current = new Map(patterns.map((pattern) => [pattern.id, pattern]));
  const absorbedBy = new Map<string, string>();
  for (const { into, from } of update.merges ?? []) {
    const problem = mergeProblem(into, from, current, words, absorbedBy);
    if (problem !== null) {
      problems.push(`merge into ${into}: ${problem}`);
      continue;
    }
    for (const id of from) {
      const absorbed = current.get(id);
      if (absorbed === undefined) continue;
      const target = current.get(into) ?? bornFrom(absorbed, words.get(into));
      current.set(into, merged(target, absorbed, step));
      current.delete(id);
      for (const [earlier, by] of absorbedBy) if (by === id) absorbedBy.set(earlier, into);
      absorbedBy.set(id, into);
    }
  }
  const touched = new Set([...absorbedBy.keys(), ...absorbedBy.values()]);
  const splitInto = new Map<string, string[]>();
  for (const split of update.splits ?? []) {
    const from = current.get(split.from);
    const problem = touched.has(split.from)
      ? 'it takes part in another merge or split of this update'
      : splitProblem(split, from, current, words, new Set([...absorbedBy.keys(), ...splitInto.keys()]));
    if (problem !== null || from === undefined) {
      problems.push(`split of ${split.from}: ${problem}`);
      continue;
    }
    current.delete(from.id);
    for (const { id, sightings } of split.into) {
      current.set(id, part(from, id, words.get(id), new Set(sightings), step));
      touched.add(id);
    }
    if (!current.has(from.id)) {
      splitInto.set(
        from.id,
        split.into.map(({ id }) => id),
      );
    }
  }
  return { patterns: [...current.values()], absorbedBy, splitInto };
}

function mergeProblem(
  into: string,
  from: readonly string[],
  current: ReadonlyMap<string, Pattern>,
  words: ReadonlyMap<string, Words>,
  absorbedBy: ReadonlyMap<string, string>,
): string | null {
  if (absorbedBy.has(into)) return `it has been absorbed by ${absorbedBy.get(into)}; merge into that one`;
  if (!current.has(into) && !words.has(into)) return 'there is no such pattern; name one of the record or describe it';
  if (from.includes(into)) return 'a pattern can not absorb itself';
  const strange = from.filter((id, index) => !current.has(id) || from.indexOf(id) !== index);
  return strange.length === 0 ? null : `${strange.join(', ')}: not in the record, or absorbed already`;
}

function splitProblem(
  { into }: Split,
  from: Pattern | undefined,
  current: ReadonlyMap<string, Pattern>,
  words: ReadonlyMap<string, Words>,
  gone: ReadonlySet<string>,
): string | null {
  if (from === undefined) return 'there is no such pattern in the record';
  const ids = into.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return 'two parts have the same id';
  const taken = ids.filter((id) => id !== from.id && (current.has(id) || gone.has(id)));
  if (taken.length > 0) return `${taken.join(', ')} is taken by another pattern; give each new part an id of its own`;
  const wordless = ids.filter((id) => id !== from.id && !words.has(id));
  if (wordless.length > 0) return `${wordless.join(', ')}: describe each part under patterns`;
  const given = into.flatMap(({ sightings }) => sightings);
  const all = [...from.failures, ...from.successes];
  const invented = given.filter((sighting) => !all.includes(sighting));
  if (invented.length > 0) return `${invented.join(', ')} are none of its sightings`;
  const missing = all.filter((sighting) => given.filter((one) => one === sighting).length !== 1);
  return missing.length === 0 ? null : `give each sighting to exactly one part; see ${missing.join(', ')}`;
}

/** A new pattern with the words of an update, before it absorbs its first: without any history of its own. */
function bornFrom(absorbed: Pattern, words: Words | undefined): Pattern {
  const none = { steps: [], occurrences: 0, failures: [], successes: [], remedies: [], mergedFrom: [], splitFrom: [] };
  return { ...absorbed, ...words, ...none };
}

function merged(into: Pattern, absorbed: Pattern, step: number): Pattern {
  return {
    ...into,
    steps: [...new Set([...into.steps, ...absorbed.steps])].sort((a, b) => a - b),
    occurrences: into.occurrences + absorbed.occurrences,
    failures: inOrder([...into.failures, ...absorbed.failures]),
    successes: inOrder([...into.successes, ...absorbed.successes]),
    remedies: unitedRemedies(into.remedies, absorbed.remedies),
    mergedFrom: [...into.mergedFrom, ...absorbed.mergedFrom, ancestor(absorbed, step)],
    splitFrom: [...into.splitFrom, ...absorbed.splitFrom],
  };
}

function part(
  from: Pattern,
  id: string,
  words: Words | undefined,
  share: ReadonlySet<Sighting>,
  step: number,
): Pattern {
  const failures = from.failures.filter((sighting) => share.has(sighting));
  const successes = from.successes.filter((sighting) => share.has(sighting));
  const all = inOrder([...failures, ...successes]);
  return {
    ...from,
    ...words,
    id,
    steps: [...new Set(all.map(stepOf))],
    occurrences: all.length,
    failures,
    successes,
    remedies: from.remedies,
    mergedFrom: from.mergedFrom,
    splitFrom: id === from.id ? from.splitFrom : [...from.splitFrom, ancestor(from, step)],
  };
}

const ancestor = ({ id, summary }: Pattern, step: number): Ancestor => ({ id, summary, step });

/** The step of a sighting. */
export function stepOf(sighting: Sighting): number {
  return Number(sighting.split('/')[0]);
}

function inOrder(sightings: readonly Sighting[]): Sighting[] {
  const ordinal = (sighting: Sighting): number => Number(sighting.split('/d')[1]);
  return [...sightings].sort((a, b) => stepOf(a) - stepOf(b) || ordinal(a) - ordinal(b));
}

/** Both logs in order of their steps; a step's patch that answered both patterns is one remedy. */
function unitedRemedies(one: readonly Remedy[], other: readonly Remedy[]): Remedy[] {
  const bySteps = new Map<number, Remedy>();
  for (const remedy of [...one, ...other]) {
    const known = bySteps.get(remedy.step);
    const united = {
      ...remedy,
      diagnosed: [...new Set([known?.diagnosed ?? remedy.diagnosed, remedy.diagnosed])].join(' / '),
      edits: [...new Set([...(known?.edits ?? []), ...remedy.edits])],
      structural: remedy.structural || known?.structural === true,
    };
    bySteps.set(remedy.step, united);
  }
  return [...bySteps.values()].sort((a, b) => a.step - b.step);
}
