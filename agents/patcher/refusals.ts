import { placeOf, type Edit, type PatchProposal, type RefusedEdit } from '../../records/patch';

/** Characters of one refusal: those of the most edits that a proposal can have fit into one observation, uncut. */
const longestRefusal = 1200;

const beginning = (edit: Edit, number: number) => `edit ${number} (${edit.op} ${placeOf(edit)}): `;

const onOneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ').slice(0, longestRefusal);

/**
 * What the model is told of refused edits, a line each. Edits are named by their number in the proposal, from 1, so that
 * the verdict can be read back from the journal.
 */
export function refusalText({ edits }: PatchProposal, refused: readonly RefusedEdit[]): string {
  const lines = edits.flatMap((edit, index) => {
    const reasons = refused.filter((refusal) => refusal.edit === edit).map(({ reason }) => reason);
    return reasons.length === 0 ? [] : [onOneLine(beginning(edit, index + 1) + reasons.join('; '))];
  });
  return [...lines, 'Submit all edits again, with these mended or left out; the others hold as they are.'].join('\n');
}

/**
 * The verdict on a proposal as its journaled observation tells it; null where that names no edit, so that it was not a
 * verdict on edits.
 */
export function refusalsIn(observation: string, { edits }: PatchProposal): RefusedEdit[] | null {
  const refused = observation.split('\n').flatMap((line) => {
    const text = line.replace(/^Refused: /, '');
    const number = Number(/^edit (\d+) \(/.exec(text)?.[1] ?? 0);
    const edit = edits[number - 1];
    if (edit === undefined) return [];
    return [{ edit, reason: text.slice(onOneLine(beginning(edit, number)).length) }];
  });
  return refused.length === 0 ? null : refused;
}
