import { z } from 'zod';
import { Slug } from './slug';

/** A diagnosis of the run as the record names it: `<step>/<ordinal>`, as `3/d2`. */
export const Sighting = z.string().regex(/^[1-9]\d*\/d\d+$/, 'expected <step>/<diagnosis>, as 3/d2');
export type Sighting = z.infer<typeof Sighting>;

/** What the gate did with the patch that answered a pattern. */
export const GateOutcome = z.object({
  accepted: z.boolean(),
  /** Validation tasks solved by candidate and by the current version, over the same `tasks`. */
  candidateSolved: z.number(),
  currentSolved: z.number(),
  tasks: z.number().int(),
  /** Why a person refused what the gate had accepted. */
  rejection: z.string().optional(),
});
export type GateOutcome = z.infer<typeof GateOutcome>;

/** Append-only: what a step's patch did about a pattern and, once the gate has spoken, what came of it. */
export const Remedy = z.object({
  step: z.number().int().positive(),
  diagnosed: z.string(),
  edits: z.array(z.string()),
  /** Whether one of the edits changed the structure of the skill, and not just words in their place. */
  structural: z.boolean().default(false),
  gate: GateOutcome.nullable(),
});
export type Remedy = z.infer<typeof Remedy>;

/** A pattern that another has come from: absorbed by it, or split into it. */
export const Ancestor = z.object({ id: Slug, summary: z.string(), step: z.number().int().positive() });
export type Ancestor = z.infer<typeof Ancestor>;

/** A class of mistake or success: same decision rule and same corrective action, whatever the objects. */
export const Pattern = z.object({
  id: Slug,
  kind: z.enum(['operation', 'workflow', 'mixed']),
  summary: z.string().min(1).max(200),
  /** Slug of an L2 heading or path of an L3 file; null while the skill has no place for it. */
  anchor: z.string().nullable(),
  description: z.string().min(1).max(2000),
  /** What the executor should do; sharpened in place. */
  action: z.string().min(1).max(1000),
  steps: z.array(z.number().int().positive()),
  occurrences: z.number().int().positive(),
  /** The diagnoses behind the occurrences, in order: of failures, and of successes that it explains. */
  failures: z.array(Sighting).default([]),
  successes: z.array(Sighting).default([]),
  remedies: z.array(Remedy),
  mergedFrom: z.array(Ancestor).default([]),
  splitFrom: z.array(Ancestor).default([]),
});
export type Pattern = z.infer<typeof Pattern>;

/** One entry for every diagnosed task of a batch, in order. */
export const OverlayEntry = z.object({
  diagnosis: z.string(),
  signal: z.enum(['failure', 'contrastive']),
  pattern: Slug.nullable(),
  isNew: z.boolean(),
  anchor: z.string().nullable(),
  gap: z.string().nullable(),
  proposedChange: z.string().nullable(),
});
export type OverlayEntry = z.infer<typeof OverlayEntry>;

/** A thinking step that recurs in successes: in two of one batch, or in one and an earlier one. */
export const Theme = z.object({ theme: z.string().max(200), successes: z.array(Sighting) });
export type Theme = z.infer<typeof Theme>;

/** A contrastive diagnosis as later batches may draw on it for a theme; `thinking` is the step that made the success. */
export const Success = z.object({ at: Sighting, label: z.string(), thinking: z.string() });
export type Success = z.infer<typeof Success>;

export const MomentumRecord = z.object({
  step: z.number().int().nonnegative(),
  patterns: z.array(Pattern),
  overlay: z.array(OverlayEntry),
  themes: z.array(Theme).max(3),
  /** The latest successes, oldest first. */
  successes: z.array(Success).default([]),
});
export type MomentumRecord = z.infer<typeof MomentumRecord>;

export const emptyMomentum: MomentumRecord = { step: 0, patterns: [], overlay: [], themes: [], successes: [] };

/**
 * What the accumulator submits. Code applies it: merges and splits first, then patterns are rewritten or added by id;
 * steps and counts come from the diagnoses, remedies can't be touched, each diagnosis needs exactly one assignment.
 */
export const MomentumUpdate = z.object({
  assignments: z.array(
    z.object({
      diagnosis: z.string(),
      /** A pattern id of the record or of `patterns`; null = no actionable signal. */
      pattern: Slug.nullable(),
      gap: z.string().max(500).nullable(),
      proposedChange: z.string().max(500).nullable(),
    }),
  ),
  /** New patterns and rewrites of existing ones, by id. */
  patterns: z.array(
    Pattern.pick({ id: true, kind: true, summary: true, anchor: true, description: true, action: true }),
  ),
  /** `into`, of the record or of `patterns`, absorbs patterns of the record with their history. */
  merges: z.array(z.object({ into: Slug, from: z.array(Slug).min(1) })).optional(),
  /** A pattern of the record becomes several; each of its sightings goes to one of them. */
  splits: z
    .array(z.object({ from: Slug, into: z.array(z.object({ id: Slug, sightings: z.array(Sighting).min(1) })).min(2) }))
    .optional(),
  /** All themes that are to stand; `successes` are ordinals of this batch, or sightings of the record's successes. */
  themes: z.array(z.object({ theme: z.string().max(200), successes: z.array(z.string()) })).max(3),
});
export type MomentumUpdate = z.infer<typeof MomentumUpdate>;
