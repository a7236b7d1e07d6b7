import { z } from 'zod';

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a slug: lower-case letters, digits, single hyphens')
  .max(64);

/** What the gate did with the patch that answered a pattern. */
export const GateOutcome = z.object({
  accepted: z.boolean(),
  /** Validation tasks solved by candidate and by the current version, over the same `tasks`. */
  candidateSolved: z.number(),
  currentSolved: z.number(),
  tasks: z.number().int(),
});
export type GateOutcome = z.infer<typeof GateOutcome>;

/** Append-only: what a step's patch did about a pattern and, once the gate has spoken, what came of it. */
export const Remedy = z.object({
  step: z.number().int().positive(),
  diagnosed: z.string(),
  edits: z.array(z.string()),
  gate: GateOutcome.nullable(),
});
export type Remedy = z.infer<typeof Remedy>;

/** A class of mistake or success: same decision rule and same corrective action, whatever the objects. */
export const Pattern = z.object({
  id: slug,
  kind: z.enum(['operation', 'workflow', 'mixed']),
  summary: z.string().min(1).max(200),
  /** Slug of an L2 heading or path of an L3 file; null while the skill has no place for it. */
  anchor: z.string().nullable(),
  description: z.string().min(1).max(2000),
  /** What the executor should do; sharpened in place. */
  action: z.string().min(1).max(1000),
  steps: z.array(z.number().int().positive()),
  occurrences: z.number().int().positive(),
  remedies: z.array(Remedy),
});
export type Pattern = z.infer<typeof Pattern>;

/** One entry for every diagnosed task of a batch, in order. */
export const OverlayEntry = z.object({
  diagnosis: z.string(),
  signal: z.enum(['failure', 'contrastive']),
  pattern: slug.nullable(),
  isNew: z.boolean(),
  anchor: z.string().nullable(),
  gap: z.string().nullable(),
  proposedChange: z.string().nullable(),
});
export type OverlayEntry = z.infer<typeof OverlayEntry>;

export const MomentumRecord = z.object({
  step: z.number().int().nonnegative(),
  patterns: z.array(Pattern),
  overlay: z.array(OverlayEntry),
  themes: z.array(z.string()).max(3),
});
export type MomentumRecord = z.infer<typeof MomentumRecord>;

export const emptyMomentum: MomentumRecord = { step: 0, patterns: [], overlay: [], themes: [] };

/**
 * What the accumulator submits. Code applies it: patterns are merged by id, steps and counts come from the diagnoses,
 * remedies can't be touched, each diagnosis needs exactly one assignment.
 */
export const MomentumUpdate = z.object({
  assignments: z.array(
    z.object({
      diagnosis: z.string(),
      /** A pattern id of the record or of `patterns`; null = no actionable signal. */
      pattern: slug.nullable(),
      gap: z.string().max(500).nullable(),
      proposedChange: z.string().max(500).nullable(),
    }),
  ),
  /** New patterns and rewrites of existing ones, by id. */
  patterns: z.array(
    Pattern.pick({ id: true, kind: true, summary: true, anchor: true, description: true, action: true }),
  ),
  themes: z.array(z.string().max(200)).max(3),
});
export type MomentumUpdate = z.infer<typeof MomentumUpdate>;
