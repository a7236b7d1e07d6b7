import type { PatchProposal } from '../records/patch';
import { effectOf, harmIn } from './advice';
import { draw } from './draws';
import type { OutlineLine } from './sections';

/** Share of consolidations that throw away an item which is needed, so that a gate has something to refuse. */
const carelessShare = 1 / 3;

/**
 * What a slow update makes of a skill: items that repeat the advice of an earlier one go, and so does harmful advice; now
 * and then one goes that was needed.
 */
export function consolidation(outline: readonly OutlineLine[], pattern: string, conversation: string): PatchProposal {
  const items = outline.filter(({ kind }) => kind === 'item');
  const warned = new Set<string>();
  const superfluous = items.filter(({ title }) => {
    if (harmIn(title) !== null) return true;
    const [pitfall] = effectOf(`- ${title}`).avoided;
    if (pitfall === undefined) return false;
    const known = warned.has(pitfall);
    warned.add(pitfall);
    return known;
  });
  const needed = items.filter((item) => !superfluous.includes(item) && effectOf(`- ${item.title}`).avoided.size > 0);
  const careless = draw('careless', conversation) < carelessShare ? needed.slice(-1) : [];
  return {
    rationale: 'Says each thing once.',
    edits: [...superfluous, ...careless].map(({ anchor }) => ({ op: 'delete-item', anchor, pattern, diagnoses: [] })),
  };
}
