import { isFileEdit, textsOf, type Edit } from '../../records/patch';
import { codeBlocks } from '../code-blocks';
import { layerBudgets, overruns } from '../layer-budgets';
import { violation, type Change, type Violation } from './change';

/** Abbreviations after which a capital letter begins no sentence. */
const abbreviation = /\b(?:e\.g|i\.e|etc|vs|cf|incl|approx|no|fig)$/i;

/** How many sentences a description has. */
function sentencesIn(text: string): number {
  const parts = text.trim().split(/[.!?](?=\s+\p{Lu})/u);
  return parts.filter((part, index) => index === parts.length - 1 || !abbreviation.test(part)).length;
}

/** L1 only routes: one sentence of at most 50 words. Counts where the patch sets it. */
export function descriptionViolations({ old, next, edits }: Change): Violation[] {
  if (next.description === old.description) return [];
  const edit = edits.find(({ op }) => op === 'set-description');
  const words = next.description.trim().split(/\s+/).length;
  const found: Violation[] = [];
  if (words > layerBudgets.descriptionWords) {
    const limit = layerBudgets.descriptionWords;
    found.push(violation(`the description has ${words} words, at most ${limit}; say only when the skill is for`, edit));
  }
  const sentences = sentencesIn(next.description);
  if (sentences > 1) {
    found.push(violation(`the description has ${sentences} sentences; say in one when the skill is for`, edit));
  }
  return found;
}

/** What a patch makes exceed the budget of its layer, or exceed it by more. */
export async function budgetViolations({ old, next, edits }: Change): Promise<Violation[]> {
  const earlier = new Map(
    (await overruns(old.body, old.files)).map(({ path, unit, size }) => [`${path} ${unit}`, size]),
  );
  const grown = (await overruns(next.body, next.files)).filter(
    ({ path, unit, size }) => size > (earlier.get(`${path} ${unit}`) ?? 0),
  );
  const found = grown.map(({ path, problem, fix }) => {
    const own = edits.find((edit) => 'path' in edit && (edit.path === path || ('to' in edit && edit.to === path)));
    return violation(`${problem}; ${fix}`, own ?? edits.filter(addsToBody).at(-1));
  });
  return [...found, ...(await longCode({ old, next, edits }))];
}

function addsToBody(edit: Edit): boolean {
  return !isFileEdit(edit) && edit.op !== 'set-description' && textsOf(edit).length > 0;
}

/** Code of L2 shows a pattern in a few lines; a program belongs to L3. */
async function longCode({ old, next, edits }: Change): Promise<Violation[]> {
  const limit = layerBudgets.bodyCodeLines;
  const before = new Set((await codeBlocks(old.body)).map(({ value }) => value));
  const long = (await codeBlocks(next.body)).filter(
    ({ value }) => !before.has(value) && value.split('\n').length > limit,
  );
  return long.map(({ value }) => {
    const lines = value.split('\n');
    const edit = edits.find((one) => addsToBody(one) && textsOf(one).some((text) => text.includes(lines[0] ?? '')));
    const message = `a code block of the body has ${lines.length} lines, at most ${limit}; write the code into a reference`;
    return violation(message, edit);
  });
}
