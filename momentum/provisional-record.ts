import type { Diagnosis } from '../records/diagnosis';
import { emptyMomentum, type MomentumRecord, type Pattern } from '../records/momentum';

/**
 * A batch's diagnoses as a record, for a patch that comes before the first accumulation: those of one label are one
 * pattern. It serves that patch alone; the run's record starts from the diagnoses themselves.
 *
 * @param step of the run, from 1
 */
export function provisionalRecord(diagnoses: readonly Diagnosis[], step: number): MomentumRecord {
  const patterns = new Map<string, Pattern>();
  const overlay: MomentumRecord['overlay'] = [];
  for (const { ordinal, kind, proposal } of diagnoses) {
    const { label, cause, correctApproach, skippedStep } = proposal;
    const id = slugOf(label) || `diagnosis-${ordinal}`;
    const known = patterns.get(id);
    const sighting = [`${step}/${ordinal}`];
    const [failures, successes] = kind === 'failure' ? [sighting, []] : [[], sighting];
    patterns.set(
      id,
      known
        ? {
            ...known,
            occurrences: known.occurrences + 1,
            failures: [...known.failures, ...failures],
            successes: [...known.successes, ...successes],
          }
        : {
            id,
            kind: skippedStep === 'none' ? 'operation' : 'mixed',
            summary: label,
            anchor: null,
            description: cause,
            action: correctApproach.slice(0, 1000),
            steps: [step],
            occurrences: 1,
            ...{ failures, successes, remedies: [], mergedFrom: [], splitFrom: [] },
          },
    );
    overlay.push({
      ...{ diagnosis: ordinal, signal: kind, pattern: id, isNew: known === undefined },
      ...{ anchor: null, gap: null, proposedChange: null },
    });
  }
  return { ...emptyMomentum, step, patterns: [...patterns.values()], overlay };
}

function slugOf(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
}
