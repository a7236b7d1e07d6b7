import type { FileEntry } from '../records/artifact';
import { outline } from '../skill/outline';
import { parseSkill } from '../skill/parse';

/** The anchors that edits may name, as the optimiser's prompts show them. */
export async function outlineOf(
  files: readonly FileEntry[],
): Promise<{ anchor: string; kind: string; title: string }[]> {
  const nodes = await outline(parseSkill(files, undefined, 'lenient').body);
  return nodes.map(({ anchor, kind, title }) => ({ anchor, kind, title }));
}
