import type { Diagnosis } from '../records/diagnosis';
import type { MomentumRecord, MomentumUpdate, OverlayEntry, Pattern } from '../records/momentum';

/** A record after an update, and what the model should repair; the record is valid whether it does or not. */
export interface AppliedUpdate {
  record: MomentumRecord;
  problems: string[];
}

type Assignment = MomentumUpdate['assignments'][number];
type Proposal = MomentumUpdate['patterns'][number];

/**
 * Applies what the accumulator proposes to the record. The model names and words patterns; history is the code's:
 * patterns, steps and remedies of the record are never lost, steps and counts come from the diagnoses, and every
 * diagnosis has one entry in the overlay, in order. One without a valid assignment is entered without a pattern and
 * told among the problems.
 *
 * @param diagnoses of this step's batch, in task order.
 * @param step of the run, from 1, later than the record's.
 * @throws RangeError when the step is not later: the same batch would be counted twice.
 */
export function applyUpdate(
  record: MomentumRecord,
  update: MomentumUpdate,
  diagnoses: readonly Diagnosis[],
  step: number,
): AppliedUpdate {
  if (step <= record.step) {
    throw new RangeError(`momentum: expected a step after ${record.step}, got ${step}; apply each step once`);
  }
  const problems: string[] = [];
  const proposals = byId(update.patterns, problems);
  const known = new Map(record.patterns.map((pattern) => [pattern.id, pattern]));
  const assigned = assignments(update, diagnoses, new Set([...known.keys(), ...proposals.keys()]), problems);
  const counts = new Map<string, number>();
  for (const { pattern } of assigned.values()) {
    if (pattern !== null) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  const patterns: Pattern[] = record.patterns.map((pattern) => {
    const count = counts.get(pattern.id) ?? 0;
    return {
      ...pattern,
      ...proposals.get(pattern.id),
      steps: count > 0 ? [...pattern.steps, step] : pattern.steps,
      occurrences: pattern.occurrences + count,
      remedies: pattern.remedies,
    };
  });
  for (const [id, proposal] of proposals) {
    const count = counts.get(id);
    if (known.has(id)) continue;
    if (count === undefined) {
      problems.push(`pattern ${id} is new, but no diagnosis is assigned to it; assign one or leave the pattern out`);
    } else patterns.push({ ...proposal, steps: [step], occurrences: count, remedies: [] });
  }
  const anchors = new Map(patterns.map(({ id, anchor }) => [id, anchor]));
  const overlay = diagnoses.map((diagnosis): OverlayEntry => {
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
  const themes = checkThemes(record, update, diagnoses, problems);
  return { record: { step, patterns: patterns.sort(byFrequency), overlay, themes }, problems };
}

function byId(proposals: readonly Proposal[], problems: string[]): Map<string, Proposal> {
  const found = new Map<string, Proposal>();
  for (const proposal of proposals) {
    if (found.has(proposal.id)) problems.push(`pattern ${proposal.id} is given twice; give it once, with all it says`);
    else found.set(proposal.id, proposal);
  }
  return found;
}

function assignments(
  update: MomentumUpdate,
  diagnoses: readonly Diagnosis[],
  patterns: ReadonlySet<string>,
  problems: string[],
): Map<string, Assignment> {
  const ordinals = diagnoses.map(({ ordinal }) => ordinal);
  const assigned = new Map<string, Assignment>();
  for (const assignment of update.assignments) {
    const { diagnosis, pattern } = assignment;
    if (!ordinals.includes(diagnosis)) {
      problems.push(`there is no diagnosis ${diagnosis}; the diagnoses are ${ordinals.join(', ') || 'none'}`);
    } else if (assigned.has(diagnosis)) {
      problems.push(`diagnosis ${diagnosis} is assigned twice; assign it to one pattern`);
    } else if (pattern !== null && !patterns.has(pattern)) {
      problems.push(
        `diagnosis ${diagnosis}: there is no pattern ${pattern}; use one of the record or describe it under patterns`,
      );
    } else assigned.set(diagnosis, assignment);
  }
  for (const ordinal of ordinals) {
    if (!update.assignments.some(({ diagnosis }) => diagnosis === ordinal)) {
      problems.push(`diagnosis ${ordinal} has no assignment; assign it to a pattern, or to null without a signal`);
    }
  }
  return assigned;
}

/** A theme is a thinking step that recurs in successes: a batch without one can only carry earlier themes on. */
function checkThemes(
  record: MomentumRecord,
  update: MomentumUpdate,
  diagnoses: readonly Diagnosis[],
  problems: string[],
): string[] {
  const themes = [...new Set(update.themes.map((theme) => theme.trim()).filter((theme) => theme !== ''))];
  if (diagnoses.some(({ kind }) => kind === 'contrastive')) return themes;
  const carried = themes.filter((theme) => record.themes.includes(theme));
  if (carried.length < themes.length) {
    problems.push(
      'themes: this batch has no contrastive diagnosis to draw a new theme from; keep earlier ones or none',
    );
  }
  return carried;
}

function byFrequency(a: Pattern, b: Pattern): number {
  return (
    b.occurrences - a.occurrences ||
    (b.steps.at(-1) ?? 0) - (a.steps.at(-1) ?? 0) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
