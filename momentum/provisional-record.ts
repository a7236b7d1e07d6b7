import type { Diagnosis } from '../records/diagnosis';
import { emptyMomentum, type MomentumRecord, type OverlayEntry, type Pattern } from '../records/momentum';
import type { Edit } from '../records/patch';
import { slugOf } from '../records/slug';

/**
 * A batch's diagnoses as a record, for a patch that comes before the first accumulation: those of one label are one
 * pattern. It serves that patch alone; the run's record starts from the diagnoses themselves,
 * and `answersToRecord` leads from one to the other.
 *
 * @param step of the run, from 1
 */
export function provisionalRecord(diagnoses: readonly Diagnosis[], step: number): MomentumRecord {
  const patterns = new Map<string, Pattern>();
  const overlay: MomentumRecord['overlay'] = [];
  for (const { ordinal, kind, proposal } of diagnoses) {
    const { label, cause, correctApproach, skippedStep } = proposal;
    const id = slugOf(label) ?? `diagnosis-${ordinal}`;
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

/**
 * The edits of a patch that answered a provisional record, as answers to the patterns of the record that the same batch
 * has started: to those that share a diagnosis with the edit. One that cites none has the diagnoses of the other edits
 * for its pattern; one whose diagnoses are in several patterns answers each; one whose diagnoses are in none answers none.
 *
 * @param overlay of the batch that the patch was made from
 */
export function answersToRecord(edits: readonly Edit[], overlay: readonly OverlayEntry[]): Edit[] {
  const cited = ({ pattern, diagnoses }: Edit): string[] =>
    diagnoses.length > 0
      ? diagnoses
      : edits.filter((edit) => edit.pattern === pattern).flatMap((edit) => edit.diagnoses);
  return edits.flatMap((edit) => {
    const ordinals = new Set(cited(edit));
    const shared = overlay.filter(({ diagnosis }) => ordinals.has(diagnosis)).map(({ pattern }) => pattern);
    return [...new Set(shared)].flatMap((pattern) => (pattern === null ? [] : [{ ...edit, pattern }]));
  });
}
