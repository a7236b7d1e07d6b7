import type { Pattern } from '../records/momentum';
import type { Edit } from '../records/patch';
import { stepOf } from './restructure';

const isSection = (anchor: string): boolean => !anchor.includes('/');

/** Whether an edit changes the structure of a skill (a reference, a whole section) and not just words in their place. */
export function isStructural(edit: Edit): boolean {
  switch (edit.op) {
    case 'replace-section':
    case 'delete-section':
    case 'lift-to-reference':
    case 'write-reference':
    case 'delete-reference':
    case 'write-script':
    case 'delete-script':
      return true;
    case 'merge':
      return edit.anchors.every(isSection);
    case 'split':
      return isSection(edit.anchor);
    default:
      return false;
  }
}

/** Times that a pattern may come back after edits in place before its next edit must change the structure. */
const returnsBeforeStructure = 3;

/**
 * The steps in which a pattern came back as a failure after an edit in place had gone into the skill, counted from the
 * first such edit since the last structural move that went in.
 */
function returnsAfterEdits({ remedies, failures }: Pick<Pattern, 'remedies' | 'failures'>): number[] {
  const wentIn = remedies.filter(({ gate }) => gate?.accepted === true);
  const moved = wentIn.findLast(({ structural }) => structural)?.step ?? 0;
  const edited = wentIn.find(({ step, structural }) => !structural && step > moved);
  if (edited === undefined) return [];
  return [...new Set(failures.map(stepOf).filter((step) => step > edited.step))];
}

/**
 * The steps in which a pattern came back although words in place had been tried, when they are so many that its next edit
 * must be a structural move; null while it may be edited in place.
 */
export function structuralMoveDue(pattern: Pick<Pattern, 'remedies' | 'failures'>): number[] | null {
  const returns = returnsAfterEdits(pattern);
  return returns.length >= returnsBeforeStructure ? returns : null;
}
