import { z } from 'zod';

export const DiagnosisKind = z.enum(['failure', 'contrastive']);
export type DiagnosisKind = z.infer<typeof DiagnosisKind>;

/**
 * What the diagnoser submits (a text gradient of one task). `label`: 3–6 words naming the class of error or knowledge,
 * without task-specific values. Evidence names what is there: `turns` of the trajectory, `earlierTurns` of the failed attempt
 * that a contrast compares with, `mismatches` as indices, from 0, of that attempt's score, or else of the only one.
 */
export const DiagnosisProposal = z.object({
  label: z
    .string()
    .refine((label) => /^\S+(\s+\S+){2,5}$/.test(label.trim()), 'label must have 3 to 6 words')
    .max(80),
  cause: z.string().min(1).max(2000),
  correctApproach: z.string().min(1).max(2000),
  skippedStep: z.enum(['inspect-first', 'state-the-transformation', 'verify-the-output', 'none']),
  robustness: z.enum(['robust', 'lucky', 'not-applicable']),
  confidence: z.number().min(0).max(1),
  evidence: z.object({
    turns: z.array(z.number().int().positive()),
    earlierTurns: z.array(z.number().int().positive()).optional(),
    mismatches: z.array(z.number().int().nonnegative()),
  }),
});
export type DiagnosisProposal = z.infer<typeof DiagnosisProposal>;

/** A diagnosis in the run's records; `ordinal` (`d1`, `d2`, …) is its name in prompts, which hold no task ids. */
export const Diagnosis = z.object({
  ordinal: z.string().regex(/^d\d+$/),
  taskId: z.string(),
  kind: DiagnosisKind,
  proposal: DiagnosisProposal,
});
export type Diagnosis = z.infer<typeof Diagnosis>;
