import { placeOf, textsOf, type Edit } from '../../records/patch';
import { countText } from '../terminal/sizes';
import type { PatchAccount } from './account';
import type { Block } from './document';
import { short } from './wording';

/** A patch: each edit with its text and what it answers, each refused one with why. */
export function patchBlocks(patch: PatchAccount): Block[] {
  const { applied, refused, flags, rationale, candidate, noPatchReason, artifact } = patch;
  const what =
    candidate === null ? `no candidate: ${noPatchReason ?? 'nothing to change'}` : `candidate ${short(candidate)}`;
  return [
    {
      kind: 'part',
      text: 'Patch',
      aside: `${countText(applied.length, 'edit')} applied, ${refused.length} refused; ${what}; patch ${short(artifact)}`,
    },
    {
      kind: 'lines',
      lines: [
        ...(rationale === '' ? [] : [clipped(rationale)]),
        ...applied.flatMap((edit) => [`+ ${editText(edit)}`, ...textsOf(edit).map((text) => `    ${clipped(text)}`)]),
        ...refused.flatMap(({ edit, reason }) => [`− ${editText(edit)}`, `    refused: ${clipped(reason)}`]),
        ...flags.map((flag) => `flagged: ${flag}`),
      ],
    },
  ];
}

function editText(edit: Edit): string {
  const answers = edit.diagnoses.length === 0 ? '' : `, answers ${edit.diagnoses.join(', ')}`;
  return `${edit.op} ${placeOf(edit)} (pattern ${edit.pattern}${answers})`;
}

/** The beginning of a text, on one line. */
export function clipped(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 160 ? line : `${line.slice(0, 159)}…`;
}
