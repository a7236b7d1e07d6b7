import type { MomentumRecord } from '../../records/momentum';
import { textsOf, type Edit } from '../../records/patch';
import { isStructural, structuralMoveDue } from '../../momentum/structural';
import type { Violation } from '../../skill/invariants/change';

/** A pattern whose next edit must be a structural move, and what has been tried in place. */
export interface DueMove {
  pattern: string;
  cameBackInSteps: number[];
  triedInPlace: string[];
}

/** The patterns of a record that words in place have not helped, most frequent first. */
export function dueMoves(record: MomentumRecord): DueMove[] {
  return record.patterns.flatMap((pattern) => {
    const cameBackInSteps = structuralMoveDue(pattern);
    if (cameBackInSteps === null) return [];
    const triedInPlace = pattern.remedies.filter(({ structural }) => !structural).flatMap(({ edits }) => edits);
    return [{ pattern: pattern.id, cameBackInSteps, triedInPlace }];
  });
}

/**
 * What is wrong with edits as answers to the record: each answers a pattern that is in it, by diagnoses of its last batch;
 * and where a structural move is due, the patch must hold one for that pattern before words in place are taken.
 *
 * @param moves those that are due.
 */
export function patternViolations(
  record: MomentumRecord,
  edits: readonly Edit[],
  moves: readonly DueMove[],
): Violation[] {
  const due = new Map(moves.map((move) => [move.pattern, move]));
  const moved = new Set(edits.filter(isStructural).map(({ pattern }) => pattern));
  const diagnoses = record.overlay.map(({ diagnosis }) => diagnosis);
  return edits.flatMap((edit): Violation[] => {
    const { pattern } = edit;
    if (!record.patterns.some(({ id }) => id === pattern)) {
      const known = record.patterns.map(({ id }) => id).join(', ') || 'none';
      return [{ message: `there is no pattern ${JSON.stringify(pattern)}; the record has: ${known}`, edit }];
    }
    const strange = edit.diagnoses.filter((ordinal) => !diagnoses.includes(ordinal));
    if (strange.length > 0) {
      const known = diagnoses.join(', ') || 'none';
      return [{ message: `there is no diagnosis ${strange.join(', ')} in this batch; it has: ${known}`, edit }];
    }
    const move = due.get(pattern);
    // What takes words away, or moves them, repeats nothing.
    if (move === undefined || moved.has(pattern) || textsOf(edit).length === 0) return [];
    const steps = move.cameBackInSteps;
    return [
      {
        message:
          `the pattern ${pattern} came back in ${steps.length} steps (${steps.join(', ')}) after edits in place: ` +
          'make a structural move for it in this patch (a reference with its pointer, or a section rewritten, merged, ' +
          'split, lifted or deleted), or leave it alone',
        edit,
      },
    ];
  });
}
