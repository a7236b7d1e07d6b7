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
  if (edits.length === 0) return { text: body, lifted: [] };
  const nodes = await outline(body);
  const render = async (chosen: readonly Planned[]): Promise<{ text: string; change: string | null }> => {
    const spliced = applySplices(
      body,
      chosen.flatMap(({ splices }) => splices),
      eol,
      true,
    );
    return { text: spliced.text, change: structureChange(nodes, await outline(spliced.text), spliced) };
  };
  /** Takes one edit after the other; `disturbs` says why the last of them can't stay, or null. */
  const take = async (
    disturbs: (taken: readonly Planned[]) => Promise<string | null>,
  ): Promise<{ taken: Planned[]; because: Map<Edit, string> }> => {
    let taken: Planned[] = [];
    const because = new Map<Edit, string>();
    for (const edit of edits) {
      const plan = await planEdit(edit, { body, nodes, eol, files, gone, ...added(taken) });
      if ('refused' in plan) {
        because.set(edit, plan.refused);
        continue;
      }
      const next = [...taken, { edit, ...plan }];
      const reason = conflict(plan, taken, patch) ?? idle(plan, body) ?? (await disturbs(next));
      if (reason === null) taken = next;
      else because.set(edit, reason);
    }
    return { taken, because };
  };
  let result = await take(() => Promise.resolve(null));
  let whole = await render(result.taken);
  if (whole.change !== null) {
    // One of them disturbs its surroundings: the text is made after each to find which.
    result = await take(async (taken) => {
      const { change } = await render(taken);
      return change === null ? null : `${change}; write the text so that it stands on its own`;
    });
    whole = await render(result.taken);
  }
  for (const [edit, reason] of result.because) reasons.set(edit, reason);
  return { text: whole.text, lifted: result.taken.flatMap(({ lifted }) => lifted ?? []) };
}

/** What edits that are taken add to the body. */
function added(taken: readonly Planned[]): Pick<BodyView, 'addedItems' | 'addedSections'> {
  const addedItems = new Map<string, number>();
  for (const { addsItemTo } of taken) {
    if (addsItemTo !== undefined) addedItems.set(addsItemTo, (addedItems.get(addsItemTo) ?? 0) + 1);
  }
  return { addedItems, addedSections: new Set(taken.flatMap(({ addsSections }) => addsSections ?? [])) };
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
