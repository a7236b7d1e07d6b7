import type { FileEntry } from '../../records/artifact';
import type { MomentumRecord } from '../../records/momentum';
import type { Edit, PatchProposal, RefusedEdit } from '../../records/patch';
import type { GuardedPolicy } from '../../records/run-config';
import { applyEdits } from '../../skill/edits';
import { checkInvariants } from '../../skill/invariants';
import { dueMoves, patternViolations, type DueMove } from './pattern-rules';

/** What the edits of a patch are held against. */
export interface PatchRules {
  files: readonly FileEntry[];
  record: MomentumRecord;
  /** Edits at most; null: no limit. */
  editBudget: number | null;
  /** Values of the run's tasks that must not enter the body: file names, cell addresses, literals, expected values. */
  taskValues: readonly string[];
  /** Whether the package has layers to edit; false (an ablation): SKILL.md alone. */
  layers: boolean;
  /** Whether this is a slow update: the package as a whole, not the patterns of a step. */
  consolidates: boolean;
  /** What becomes of edits that add scripts, web addresses, shell commands or rules for the agent. */
  guarded: GuardedPolicy;
}

/** What became of a proposal: the candidate's files with the edits that hold, and those refused with reasons. */
export interface JudgedProposal {
  rationale: string;
  files: FileEntry[];
  applied: Edit[];
  refused: RefusedEdit[];
  flags: string[];
}

/** What edits are told where the skill is one file. */
export const flat =
  'this skill is one file: everything goes into SKILL.md, and no reference or script is written, moved or deleted';

/** Structural moves that the patch must make: none where there are no layers, or where the whole package is tidied. */
export const movesFor = ({ record, layers, consolidates }: PatchRules): DueMove[] =>
  layers && !consolidates ? dueMoves(record) : [];

const invariantsOf = (rules: PatchRules, files: readonly FileEntry[], edits: readonly Edit[]) =>
  checkInvariants(rules.files, files, { edits, taskValues: rules.taskValues, guarded: rules.guarded });

/**
 * The edits of a proposal that don't hold, with reasons; none: it is accepted. An edit that can't be applied or breaks an
 * invariant is refused and the rest is applied afresh, until all that is left holds; a breach that no single edit is to
 * blame for refuses them all. Throws the fault of a parser that could not be run.
 */
export async function judge(rules: PatchRules, proposal: PatchProposal): Promise<RefusedEdit[]> {
  const { files, editBudget, layers, consolidates, record } = rules;
  const budget = editBudget ?? proposal.edits.length;
  const layered = layers ? [] : proposal.edits.slice(0, budget).filter(({ op }) => /reference|script/.test(op));
  const refused: RefusedEdit[] = [
    ...proposal.edits.slice(budget).map((edit) => ({ edit, reason: `over the budget of ${budget} edits` })),
    ...layered.map((edit) => ({ edit, reason: flat })),
  ];
  let edits = proposal.edits.slice(0, budget).filter((edit) => !layered.includes(edit));
  for (;;) {
    const result = await applyEdits(files, edits);
    if (result.refused.length > 0) {
      refused.push(...result.refused);
      edits = result.applied;
      continue;
    }
    const { violations: broken } = await invariantsOf(rules, result.files, edits);
    // A consolidation tidies the package; it answers no batch.
    const unanswered = consolidates ? [] : patternViolations(record, edits, movesFor(rules));
    const violations = [...broken, ...unanswered];
    const [first] = violations;
    if (first === undefined) return refused;
    const blamed = violations.flatMap(({ edit, message }) => (edit === undefined ? [] : [{ edit, reason: message }]));
    const breaches = blamed.length > 0 ? blamed : edits.map((edit) => ({ edit, reason: first.message }));
    refused.push(...breaches);
    edits = edits.filter((edit) => !breaches.some((breach) => breach.edit === edit));
  }
}

/**
 * The candidate of a proposal that was judged when it was submitted. That verdict stands, whichever machine builds the
 * candidate: what would not be accepted on this one is a flag.
 */
export async function candidateOf(
  rules: PatchRules,
  { rationale, edits }: PatchProposal,
  refused: readonly RefusedEdit[],
): Promise<JudgedProposal> {
  const kept = edits.filter((edit) => !refused.some((refusal) => refusal.edit === edit));
  const result = await applyEdits(rules.files, kept);
  const { violations, flags } = await invariantsOf(rules, result.files, result.applied);
  return {
    rationale,
    files: result.files,
    applied: result.applied,
    refused: [...refused, ...result.refused],
    flags: [...flags, ...violations.map(({ message }) => `accepted when submitted, but checked again: ${message}`)],
  };
}
