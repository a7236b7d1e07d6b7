import type { FileEntry } from '../../records/artifact';
import type { GateOutcome, MomentumRecord } from '../../records/momentum';
import type { Edit, RefusedEdit } from '../../records/patch';
import { PatchProposal, placeOf } from '../../records/patch';
import type { GuardedPolicy } from '../../records/run-config';
import { applyEdits } from '../../skill/edits';
import { checkInvariants } from '../../skill/invariants';
import { condenseRecord, section } from '../sections';
import { defineTool, parseArguments, ToolError } from '../tool';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';
import { dueMoves, patternViolations, type DueMove } from './pattern-rules';

export interface PatcherInput {
  files: readonly FileEntry[];
  outline: { anchor: string; kind: string; title: string }[];
  record: MomentumRecord;
  /** Edits at most; null: no limit. */
  editBudget: number | null;
  rejected: readonly { edit: Edit; gate: GateOutcome }[];
  /** Values of this batch's tasks that must not enter the body: file names, cell addresses, literals. */
  taskValues: readonly string[];
  /** Whether the package has layers to edit; false (an ablation): SKILL.md alone. */
  layers: boolean;
  /** Whether this is a slow update: the package as a whole, not the patterns of a step. */
  consolidates: boolean;
  /** What becomes of edits that add scripts, web addresses, shell commands or rules for the agent. */
  guarded: GuardedPolicy;
}

/** Scripts up to this size are shown whole, so that they can be edited. */
const shownScriptBytes = 20_000;

const flat =
  'this skill is one file: everything goes into SKILL.md, and no reference or script is written, moved or deleted';

/** What became of a proposal: the candidate's files with the edits that hold, and those refused with reasons. */
export interface JudgedProposal {
  rationale: string;
  files: FileEntry[];
  applied: Edit[];
  refused: RefusedEdit[];
  flags: string[];
}

/** Structural moves that the patch must make: none where there are no layers, or where the whole package is tidied. */
const movesFor = ({ record, layers, consolidates }: PatcherInput): DueMove[] =>
  layers && !consolidates ? dueMoves(record) : [];

function userMessage(input: PatcherInput, overflows: number): string {
  const { files, outline, record, editBudget, rejected, layers, consolidates } = input;
  const texts = files.filter(
    ({ path, bytes }) => path.endsWith('.md') || (path.startsWith('scripts/') && bytes.length <= shownScriptBytes),
  );
  return [
    section(
      'Skill files',
      Object.fromEntries(texts.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('utf8')])),
    ),
    section('Skill outline', outline),
    section('Momentum record', condenseRecord(record, overflows)),
    section('Structural moves due', movesFor(input)),
    section('Edit budget', editBudget),
    section('Rejected edits', overflows === 0 ? rejected : rejected.slice(-5)),
    ...(layers ? [] : [section('Layers', flat)]),
    ...(consolidates ? [section('Duty', 'Consolidate the package as a whole.')] : []),
  ].join('\n');
}

/**
 * Applies a proposal edit by edit. An edit that breaks an invariant is refused and the rest is applied afresh, until what
 * is left holds; a breach that no single edit is to blame for refuses them all.
 */
async function judge(input: PatcherInput, proposal: PatchProposal): Promise<JudgedProposal> {
  const refused: RefusedEdit[] = [];
  let edits = proposal.edits;
  if (input.editBudget !== null && edits.length > input.editBudget) {
    const over = edits.slice(input.editBudget);
    refused.push(...over.map((edit) => ({ edit, reason: `over the budget of ${input.editBudget} edits` })));
    edits = edits.slice(0, input.editBudget);
  }
  if (!input.layers) {
    const layered = edits.filter(({ op }) => /reference|script/.test(op));
    refused.push(...layered.map((edit) => ({ edit, reason: flat })));
    edits = edits.filter((edit) => !layered.includes(edit));
  }
  for (;;) {
    const result = await applyEdits(input.files, edits);
    const { violations: broken, flags } = await checkInvariants(input.files, result.files, {
      edits: result.applied,
      taskValues: input.taskValues,
      guarded: input.guarded,
    });
    // A consolidation tidies the package; it answers no batch.
    const unanswered = input.consolidates ? [] : patternViolations(input.record, result.applied, movesFor(input));
    const violations = [...broken, ...unanswered];
    if (violations.length === 0) {
      return { ...result, rationale: proposal.rationale, refused: [...refused, ...result.refused], flags };
    }
    const blamed = violations.flatMap(({ edit, message }) => (edit === undefined ? [] : [{ edit, reason: message }]));
    const breaches =
      blamed.length > 0 ? blamed : result.applied.map((edit) => ({ edit, reason: violations[0]?.message ?? '' }));
    refused.push(...result.refused, ...breaches);
    edits = result.applied.filter((edit) => !breaches.some((breach) => breach.edit === edit));
    if (edits.length === 0)
      return { rationale: proposal.rationale, files: [...input.files], applied: [], refused, flags: [] };
  }
}

const reasons = ({ refused }: JudgedProposal) =>
  refused.map(({ edit, reason }) => `${edit.op} ${placeOf(edit)}: ${reason}`);

/**
 * Proposes edits from the momentum record. Refused edits go back to the model with their reasons; after the last repair
 * round the edits that hold are kept. `proposal` is null when there is none at all.
 */
export async function proposePatch(
  input: PatcherInput,
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>,
): Promise<{ kind: 'proposal'; proposal: JudgedProposal | null; reason: string } | (LoopEnd & { kind: 'allowance' })> {
  // The last proposal is looked at twice: when it is submitted, and when the chain has ended.
  let judged: { proposal: string; result: JudgedProposal } | null = null;
  const judgeOnce = async (proposal: PatchProposal): Promise<JudgedProposal> => {
    const text = JSON.stringify(proposal);
    if (judged?.proposal !== text) judged = { proposal: text, result: await judge(input, proposal) };
    return judged.result;
  };
  const submit = defineTool({
    name: 'submit_patch',
    description: 'Submit the edits. This ends your work when all of them can be applied.',
    schema: PatchProposal,
    final: true,
    run: async (proposal) => {
      const result = await judgeOnce(proposal);
      if (result.refused.length > 0) throw new ToolError(reasons(result).join('; '));
      return 'Accepted.';
    },
  });
  const end = await runToolLoop({
    ...loop,
    user: (overflows) => userMessage(input, overflows),
    maxOverflows: 2,
    tools: [submit],
    snapshot: null,
  });
  if (end.kind === 'allowance') return end;
  const calls = loop.journal.turns.flatMap(({ turn }) => turn.calls).filter(({ name }) => name === submit.name);
  for (const { arguments: json } of calls.reverse()) {
    try {
      const proposal = await judgeOnce(parseArguments(PatchProposal, json));
      if (proposal.applied.length === 0)
        return {
          kind: 'proposal',
          proposal: null,
          reason: reasons(proposal).join('; ') || 'the model proposed no edit',
        };
      return { kind: 'proposal', proposal, reason: '' };
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
    }
  }
  return { kind: 'proposal', proposal: null, reason: `no valid patch: ${end.outcome}` };
}
