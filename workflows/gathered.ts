import type { Gathered } from '../records/workflows';
import { addSpending, noSpending } from '../records/usage';
import { noteModels } from './response-models';

/** What a workflow has gathered, and what an activity or a child adds to it. */
export function addGathered(known: Gathered, more: Partial<Gathered>): Gathered {
  const { spending = noSpending, warnings = [], answered = [], quarantined = [] } = more;
  const noted = noteModels(known.answered, answered);
  return {
    spending: addSpending(known.spending, spending),
    warnings: [...new Set([...known.warnings, ...warnings, ...noted.warnings])],
    answered: noted.answered,
    // In an order that hangs on nothing else.
    quarantined: [...new Set([...known.quarantined, ...quarantined])].sort(),
  };
}
