import type { Diagnosis } from '../records/diagnosis';
import type { MomentumRecord, MomentumUpdate, OverlayEntry, Pattern, Sighting } from '../records/momentum';
import { restructure, type Restructured } from './restructure';
import { rememberSuccesses, standingThemes } from './themes';

/** A record after an update, and what the model should repair; the record is valid whether it does or not. */
export interface AppliedUpdate {
  record: MomentumRecord;
  problems: string[];
}

type Assignment = MomentumUpdate['assignments'][number];
type Proposal = MomentumUpdate['patterns'][number];

/** A batch as the record takes it in. */
export interface Batch {
  /** Of the run, from 1, later than the record's. */
  step: number;
  /** In task order. */
  diagnoses: readonly Diagnosis[];
  /** Places that the skill has: slugs of its sections, paths of its references. */
  places: ReadonlySet<string>;
}

/**
 * Applies what the accumulator proposes to the record. The model names and words patterns; history is the code's:
 * patterns, steps and remedies of the record are never lost, steps and counts come from the diagnoses, and every
 * diagnosis has one entry in the overlay, in order. One without a valid assignment is entered without a pattern and
 * told among the problems.
 *
 * @throws RangeError when the step is not later: the same batch would be counted twice.
 */
export function applyUpdate(record: MomentumRecord, update: MomentumUpdate, batch: Batch): AppliedUpdate {
  const { step, diagnoses } = batch;
  if (step <= record.step) {
    throw new RangeError(`momentum: expected a step after ${record.step}, got ${step}; apply each step once`);
  }
  const problems: string[] = [];
  const proposals = byId(update.patterns, problems);
  const shaped = restructure(record.patterns, update, proposals, step, problems);
  for (const id of proposals.keys()) {
    const problem = goneProblem(id, shaped);
    if (problem === null) continue;
    problems.push(problem);
    proposals.delete(id);
  }
  const known = new Map(shaped.patterns.map((pattern) => [pattern.id, pattern]));
  const ids = new Set([...known.keys(), ...proposals.keys()]);
  const assigned = assignments(update, diagnoses, ids, shaped, problems);
  const seen = (id: string, kind: Diagnosis['kind']): Sighting[] =>
    diagnoses
      .filter(({ ordinal, kind: one }) => one === kind && assigned.get(ordinal)?.pattern === id)
      .map(({ ordinal }) => `${step}/${ordinal}`);
  const patterns: Pattern[] = [];
  for (const id of ids) {
    const before = known.get(id);
    const failures = seen(id, 'failure');
    const successes = seen(id, 'contrastive');
    const count = failures.length + successes.length;
    const words = placed(proposals.get(id), before, batch.places, problems) ?? before;
    if (words === undefined) continue;
    if (before === undefined && count === 0) {
      problems.push(`pattern ${id} is new, but no diagnosis is assigned to it; assign one or leave the pattern out`);
      continue;
    }
    patterns.push({
      ...words,
      // History last: whatever else a proposal holds, it is not its to say.
      ...historyOf(before),
      steps: [...(before?.steps ?? []), ...(count > 0 ? [step] : [])],
      occurrences: (before?.occurrences ?? 0) + count,
      failures: [...(before?.failures ?? []), ...failures],
      successes: [...(before?.successes ?? []), ...successes],
    });
  }
  const after: MomentumRecord = {
    step,
    patterns: patterns.sort(byFrequency),
    overlay: overlayOf(diagnoses, assigned, patterns, new Set(record.patterns.map(({ id }) => id))),
    themes: standingThemes(record, update, diagnoses, step, problems),
    successes: rememberSuccesses(record, diagnoses, step),
  };
  return { record: after, problems };
}

/** What to apply when no update came: nothing is learnt, nothing is lost. */
export function emptyUpdate({ themes }: MomentumRecord): MomentumUpdate {
  return { assignments: [], patterns: [], themes };
}

const historyOf = (before: Pattern | undefined): Pick<Pattern, 'remedies' | 'mergedFrom' | 'splitFrom'> => ({
  remedies: before?.remedies ?? [],
  mergedFrom: before?.mergedFrom ?? [],
  splitFrom: before?.splitFrom ?? [],
});

/** A proposal whose place the skill has; another place is none, and what the record says of it stays. */
function placed(
  proposal: Proposal | undefined,
  before: Pattern | undefined,
  places: ReadonlySet<string>,
  problems: string[],
): Proposal | undefined {
  if (proposal === undefined || proposal.anchor === null || places.has(proposal.anchor)) return proposal;
  problems.push(
    `pattern ${proposal.id}: the skill has no place ${JSON.stringify(proposal.anchor)}; ` +
      `name a section or a reference (${[...places].join(', ') || 'it has none'}), or null`,
  );
  return { ...proposal, anchor: before?.anchor ?? null };
}

function overlayOf(
  diagnoses: readonly Diagnosis[],
  assigned: ReadonlyMap<string, Assignment>,
  patterns: readonly Pattern[],
  known: ReadonlySet<string>,
): OverlayEntry[] {
  const anchors = new Map(patterns.map(({ id, anchor }) => [id, anchor]));
  return diagnoses.map((diagnosis) => {
    const assignment = assigned.get(diagnosis.ordinal);
    const pattern = assignment?.pattern ?? null;
    return {
      diagnosis: diagnosis.ordinal,
      signal: diagnosis.kind,
      pattern,
      isNew: pattern !== null && !known.has(pattern),
      anchor: pattern === null ? null : (anchors.get(pattern) ?? null),
      gap: pattern === null ? null : (assignment?.gap ?? null),
      proposedChange: pattern === null ? null : (assignment?.proposedChange ?? null),
    };
  });
}

function byId(proposals: readonly Proposal[], problems: string[]): Map<string, Proposal> {
  const found = new Map<string, Proposal>();
  for (const proposal of proposals) {
    if (found.has(proposal.id)) problems.push(`pattern ${proposal.id} is given twice; give it once, with all it says`);
    else found.set(proposal.id, proposal);
  }
  return found;
}

/** Why a pattern that this update has merged or split away can't be described; null where it stands. */
function goneProblem(id: string, { absorbedBy, splitInto }: Restructured): string | null {
  const by = absorbedBy.get(id);
  if (by !== undefined) return `pattern ${id} is absorbed by ${by} in this update; describe that one`;
  const parts = splitInto.get(id);
  if (parts === undefined) return null;
  return `pattern ${id} is split into ${parts.join(', ')} in this update; describe those, or keep ${id} as a part`;
}

function assignments(
  update: MomentumUpdate,
  diagnoses: readonly Diagnosis[],
  ids: ReadonlySet<string>,
  { absorbedBy, splitInto }: Restructured,
  problems: string[],
): Map<string, Assignment> {
  const ordinals = diagnoses.map(({ ordinal }) => ordinal);
  const assigned = new Map<string, Assignment>();
  for (const assignment of update.assignments) {
    const { diagnosis } = assignment;
    // Who still names a pattern that was just absorbed means the one that has absorbed it.
    const pattern = absorbedBy.get(assignment.pattern ?? '') ?? assignment.pattern;
    const parts = pattern === null ? undefined : splitInto.get(pattern);
    if (!ordinals.includes(diagnosis)) {
      problems.push(`there is no diagnosis ${diagnosis}; the diagnoses are ${ordinals.join(', ') || 'none'}`);
    } else if (assigned.has(diagnosis)) {
      problems.push(`diagnosis ${diagnosis} is assigned twice; assign it to one pattern`);
    } else if (parts !== undefined) {
      problems.push(`diagnosis ${diagnosis}: ${pattern} is split into ${parts.join(', ')}; assign it to one of them`);
    } else if (pattern !== null && !ids.has(pattern)) {
      problems.push(
        `diagnosis ${diagnosis}: there is no pattern ${pattern}; use one of the record or describe it under patterns`,
      );
    } else assigned.set(diagnosis, { ...assignment, pattern });
  }
  for (const ordinal of ordinals) {
    if (!update.assignments.some(({ diagnosis }) => diagnosis === ordinal)) {
      problems.push(`diagnosis ${ordinal} has no assignment; assign it to a pattern, or to null without a signal`);
    }
  }
  return assigned;
}

function byFrequency(a: Pattern, b: Pattern): number {
  return (
    b.occurrences - a.occurrences ||
    (b.steps.at(-1) ?? 0) - (a.steps.at(-1) ?? 0) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
