import { isFileEdit, type Edit } from '../../records/patch';
import { planEdit } from '../edit-plans/plan';
import type { BodyEdit, BodyView } from '../edit-plans/view';
import { outline } from '../outline';
import type { Change } from './change';

/**
 * The edit that took a text out of the body: what it replaced, deleted or lifted there held it, and what it put in its
 * stead does not. Of several the last, since the others alone would have left one standing.
 */
export async function takerOf(
  holds: (text: string) => boolean,
  { old: { body }, edits }: Change,
): Promise<Edit | undefined> {
  const nodes = await outline(body);
  const alone = {
    files: [],
    gone: new Set<string>(),
    addedItems: new Map<string, number>(),
    addedSections: new Set<string>(),
  };
  const view: BodyView = { body, nodes, eol: '\n', ...alone };
  let taker: Edit | undefined;
  for (const edit of edits.filter(isBodyEdit)) {
    const plan = await planEdit(edit, view);
    if ('refused' in plan) continue;
    const took = plan.splices.some(({ start, end }) => holds(body.slice(start, end)));
    if (took && !plan.splices.some(({ text }) => holds(text))) taker = edit;
  }
  return taker;
}

function isBodyEdit(edit: Edit): edit is BodyEdit {
  return edit.op !== 'set-description' && !isFileEdit(edit);
}
