import type { Edit } from '../records/patch';
import { planEdit } from './edit-plans/plan';
import type { BodyEdit, BodyView, Lifted, Plan } from './edit-plans/view';
import { outline } from './outline';
import { applySplices, structureChange } from './splices';

interface Planned extends Plan {
  edit: BodyEdit;
}

/** The body as edits left it, and what they lifted out of it. */
export interface EditedBody {
  text: string;
  applied: BodyEdit[];
  lifted: Lifted[];
}

/**
 * Applies edits to the body of a SKILL.md. All are planned on the body as given; of two that change the same part the
 * first is applied, and one that would disturb what it doesn't name is refused.
 *
 * @param patch all edits of the patch, which are numbered by it in reasons.
 * @param reasons takes why an edit was refused.
 */
export async function editBody(
  edits: readonly BodyEdit[],
  { body, eol, files, gone }: Pick<BodyView, 'body' | 'eol' | 'files' | 'gone'>,
  patch: readonly Edit[],
  reasons: Map<Edit, string>,
): Promise<EditedBody> {
  if (edits.length === 0) return { text: body, applied: [], lifted: [] };
  const nodes = await outline(body);
  const view: BodyView = { body, nodes, eol, files, gone, addedItems: new Map(), addedSections: new Set() };
  const planned: Planned[] = [];
  for (const edit of edits) {
    const plan = await planEdit(edit, view);
    const reason = 'refused' in plan ? plan.refused : (conflict(plan, planned, patch) ?? idle(plan, body));
    if (reason !== null) reasons.set(edit, reason);
    else if (!('refused' in plan)) planned.push({ edit, ...plan });
  }
  const render = async (chosen: readonly Planned[]): Promise<{ text: string; change: string | null }> => {
    const spliced = applySplices(
      body,
      chosen.flatMap(({ splices }) => splices),
      eol,
      true,
    );
    return { text: spliced.text, change: structureChange(nodes, await outline(spliced.text), spliced) };
  };
  const whole = await render(planned);
  if (whole.change === null) return { text: whole.text, ...outcome(planned) };
  // One of them disturbs its surroundings: add them one by one to find which.
  let kept: Planned[] = [];
  let best = body;
  for (const plan of planned) {
    const attempt = await render([...kept, plan]);
    if (attempt.change === null) {
      kept = [...kept, plan];
      best = attempt.text;
    } else reasons.set(plan.edit, `${attempt.change}; write the text so that it stands on its own`);
  }
  return { text: best, ...outcome(kept) };
}

function outcome(kept: readonly Planned[]): Pick<EditedBody, 'applied' | 'lifted'> {
  return { applied: kept.map(({ edit }) => edit), lifted: kept.flatMap(({ lifted }) => lifted ?? []) };
}

function conflict(next: Plan, earlier: readonly Planned[], patch: readonly Edit[]): string | null {
  const other = earlier.find((plan) => {
    const overlap = plan.splices.some((a) => next.splices.some((b) => a.start < b.end && b.start < a.end));
    return overlap || takesSection(plan, next) || takesSection(next, plan);
  });
  if (other === undefined) return null;
  return `edit ${patch.indexOf(other.edit) + 1} of this patch (${other.edit.op}) changes the same part already; combine them into one edit`;
}

/** Whether the first replaces or moves a whole section in which the second works. */
function takesSection(one: Plan, two: Plan): boolean {
  return one.splices.some(({ start, end }) =>
    two.within.some((section) => start <= section.start && section.start < end),
  );
}

function idle({ splices }: Plan, body: string): string | null {
  return splices.every(({ start, end, text }) => body.slice(start, end) === text)
    ? 'it changes nothing: the skill says exactly this already'
    : null;
}
