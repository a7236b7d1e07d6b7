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
const itemText = z.string().min(1).max(2000);
const condition = z.string().min(1).max(300);
const reference = z.string().regex(/^references\/[a-z0-9-]+\.md$/, 'expected references/<name>.md');
const script = z
  .string()
  .regex(/^scripts\/[a-z0-9-]+\.(?:m?js|py|sh)$/, 'expected scripts/<name>.mjs, .js, .py or .sh');

/** `before`, `after`: beside the part that `to` names; `start`, `end`: inside the section that `to` names. */
const Where = z.enum(['before', 'after', 'start', 'end']);
export type Where = z.infer<typeof Where>;

/**
 * One edit of a skill package. Anchors are those of the outline: a section by its heading's slug (`common-pitfalls`), a
 * list item by section and number (`common-pitfalls/3`), a paragraph and a code block likewise (`common-pitfalls/p1`,
 * `common-pitfalls/code1`), all from 1 in document order. References and scripts are paths.
 */
export const Edit = z.discriminatedUnion('op', [
  z.object({ op: z.literal('set-description'), text: z.string().min(1).max(1024), ...why }),
  /** A new section (heading line included in `text`) after the anchored one; null anchor: at the end of the body. */
  z.object({ op: z.literal('insert-section'), after: anchor.nullable(), text, ...why }),
  /** Its subsections stay unless the text brings its own. */
  z.object({ op: z.literal('replace-section'), anchor, text, ...why }),
  /** With its subsections. */
  z.object({ op: z.literal('delete-section'), anchor, ...why }),
  /** A new list item (text without the marker) at the end of the anchored section's list. */
  z.object({ op: z.literal('insert-item'), section: anchor, text: itemText, ...why }),
  z.object({ op: z.literal('replace-item'), anchor, text: itemText, ...why }),
  z.object({ op: z.literal('delete-item'), anchor, ...why }),
  /** A paragraph, or a code block with its fence lines. */
  z.object({ op: z.literal('insert-block'), where: Where, to: anchor, text, ...why }),
  z.object({ op: z.literal('replace-block'), anchor, text, ...why }),
  z.object({ op: z.literal('delete-block'), anchor, ...why }),
  /** A section with its subsections, an item, a paragraph or a code block. */
  z.object({ op: z.literal('move'), anchor, where: Where, to: anchor, ...why }),
  /** Sections or items give way to one in the place of the first. */
  z.object({ op: z.literal('merge'), anchors: z.array(anchor).min(2).max(6), text, ...why }),
  /** A section or item gives way to several in its place. */
  z.object({ op: z.literal('split'), anchor, texts: z.array(text).min(2).max(6), ...why }),
  /** Out of the body, to the end of the reference, with "Read <path> when <when>. Skip when <skip>." in its place. */
  z.object({ op: z.literal('lift-to-reference'), anchor, path: reference, when: condition, skip: condition, ...why }),
  /** Creates or replaces `references/<name>.md`; a new one needs a pointer in the body in the same patch. */
  z.object({ op: z.literal('write-reference'), path: reference, text, ...why }),
  /** `old` must stand exactly once in the file; an empty text removes it. */
  z.object({ op: z.literal('edit-reference'), path: z.string(), old: text, text: z.string().max(20_000), ...why }),
  /** What names the file follows. */
  z.object({ op: z.literal('rename-reference'), path: z.string(), to: reference, ...why }),
  z.object({ op: z.literal('delete-reference'), path: z.string(), ...why }),
  z.object({ op: z.literal('write-script'), path: script, text, ...why }),
  z.object({ op: z.literal('edit-script'), path: z.string(), old: text, text: z.string().max(20_000), ...why }),
  z.object({ op: z.literal('rename-script'), path: z.string(), to: script, ...why }),
  z.object({ op: z.literal('delete-script'), path: z.string(), ...why }),
]);
export type Edit = z.infer<typeof Edit>;

/** An edit of a whole file, or within one, of the third layer. */
export type FileEdit = Extract<Edit, { op: `${string}-reference` | `${string}-script`; path: string }> & {
  op: Exclude<Edit['op'], 'lift-to-reference'>;
};

/** Whether an edit works on files of the third layer alone. */
export function isFileEdit(edit: Edit): edit is FileEdit {
  return 'path' in edit && edit.op !== 'lift-to-reference';
}

/** The texts that an edit brings; what it moves is not among them. */
export function textsOf(edit: Edit): string[] {
  if (edit.op === 'lift-to-reference') return [`Read ${edit.path} when ${edit.when}. Skip when ${edit.skip}.`];
  if (edit.op === 'split') return edit.texts;
  return 'text' in edit ? [edit.text] : [];
}

/** Where an edit works, in a few words: `after planning`, `pitfalls/2`, `references/a.md to references/b.md`. */
export function placeOf(edit: Edit): string {
  switch (edit.op) {
    case 'set-description':
      return 'of the skill';
    case 'insert-section':
      return `after ${edit.after ?? 'the last section'}`;
    case 'insert-item':
      return `in ${edit.section}`;
    case 'insert-block':
      return `${edit.where} ${edit.to}`;
    case 'move':
      return `${edit.anchor} ${edit.where} ${edit.to}`;
    case 'merge':
      return edit.anchors.join(' + ');
    case 'lift-to-reference':
      return `${edit.path} from ${edit.anchor}`;
    case 'rename-reference':
    case 'rename-script':
      return `${edit.path} to ${edit.to}`;
    default:
      return 'path' in edit ? edit.path : edit.anchor;
  }
}

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
