import { z } from 'zod';
import { ArtifactRef } from './artifact';

const why = {
  /** Id of the pattern that the edit answers. */
  pattern: z.string().min(1),
  /** Ordinals of the diagnoses it answers. */
  diagnoses: z.array(z.string()),
};
const anchor = z.string().min(1);
const text = z.string().min(1).max(20_000);

/**
 * One edit of a skill package. Anchors are those of the outline: a section by its heading's slug (`common-pitfalls`),
 * a list item by section and number (`common-pitfalls/3`), both from 1 in document order. References are paths.
 */
export const Edit = z.discriminatedUnion('op', [
  z.object({ op: z.literal('set-description'), text: z.string().min(1).max(1024), ...why }),
  /** A new section (heading line included in `text`) after the anchored one; null anchor: at the end of the body. */
  z.object({ op: z.literal('insert-section'), after: anchor.nullable(), text, ...why }),
  z.object({ op: z.literal('replace-section'), anchor, text, ...why }),
  z.object({ op: z.literal('delete-section'), anchor, ...why }),
  /** A new list item (text without the marker) at the end of the anchored section's list. */
  z.object({ op: z.literal('insert-item'), section: anchor, text: z.string().min(1).max(2000), ...why }),
  z.object({ op: z.literal('replace-item'), anchor, text: z.string().min(1).max(2000), ...why }),
  z.object({ op: z.literal('delete-item'), anchor, ...why }),
  /** Creates or replaces `references/<name>.md`; a new one needs a pointer in the body in the same patch. */
  z.object({ op: z.literal('write-reference'), path: z.string().regex(/^references\/[a-z0-9-]+\.md$/), text, ...why }),
  z.object({ op: z.literal('delete-reference'), path: z.string(), ...why }),
]);
export type Edit = z.infer<typeof Edit>;

/** What the patcher submits: a list of edits, each applied or refused on its own. */
export const PatchProposal = z.object({ rationale: z.string().max(2000), edits: z.array(Edit).max(50) });
export type PatchProposal = z.infer<typeof PatchProposal>;

export const RefusedEdit = z.object({ edit: Edit, reason: z.string() });
export type RefusedEdit = z.infer<typeof RefusedEdit>;

/** A step's patch: `candidate` is the version it makes, null when there was nothing to change ("no patch"). */
export const Patch = z.object({
  step: z.number().int().positive(),
  base: ArtifactRef,
  candidate: ArtifactRef.nullable(),
  rationale: z.string(),
  applied: z.array(Edit),
  refused: z.array(RefusedEdit),
  /** Guarded updates: new scripts, URLs, shell commands, instructions about the agent's own rules. */
  flags: z.array(z.string()),
  noPatchReason: z.string().nullable(),
});
export type Patch = z.infer<typeof Patch>;
