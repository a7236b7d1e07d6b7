import type { GateOutcome } from '../../records/momentum';
import type { Edit, RefusedEdit } from '../../records/patch';
import { PatchProposal, placeOf } from '../../records/patch';
import type { JournaledTurn } from '../../store/journal-entries';
import { submissionsIn } from '../chain';
import { condenseRecord, section } from '../sections';
import { defineTool, parseArguments, ToolError } from '../tool';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';
import { candidateOf, flat, judge, movesFor, type JudgedProposal, type PatchRules } from './judge';
import { refusalsIn, refusalText } from './refusals';

const submitName = 'submit_patch';

export interface PatcherInput extends PatchRules {
  outline: { anchor: string; kind: string; title: string }[];
  rejected: readonly { edit: Edit; gate: GateOutcome }[];
}

/** Scripts up to this size are shown whole, so that they can be edited. */
const shownScriptBytes = 20_000;

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

const reasons = (refused: readonly RefusedEdit[]) =>
  refused.map(({ edit, reason }) => `${edit.op} ${placeOf(edit)}: ${reason}`).join('; ');

/**
 * Proposes edits from the momentum record. Refused edits go back to the model with their reasons; after the last repair
 * round the edits that hold are kept, of the submission with the most of them. `proposal` is null when there is none at
 * all. A submission is judged once, and the journal keeps the verdict: a chain that is taken up again elsewhere ends with
 * the same candidate.
 */
export async function proposePatch(
  input: PatcherInput,
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>,
): Promise<{ kind: 'proposal'; proposal: JudgedProposal | null; reason: string } | (LoopEnd & { kind: 'allowance' })> {
  const submit = defineTool({
    name: submitName,
    description: 'Submit the edits. This ends your work when all of them can be applied.',
    schema: PatchProposal,
    final: true,
    run: async (proposal) => {
      const refused = await judge(input, proposal);
      if (refused.length > 0) throw new ToolError(refusalText(proposal, refused));
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
  const best =
    end.submission === null
      ? bestOf(loop.journal.turns)
      : { proposal: parseArguments(PatchProposal, end.submission), refused: [] };
  if (best === null) return { kind: 'proposal', proposal: null, reason: `no valid patch: ${end.outcome}` };
  const { proposal, refused } = best;
  if (held(best) === 0) {
    const reason = refused.length === 0 ? 'the model proposed no edit' : reasons(refused);
    return { kind: 'proposal', proposal: null, reason };
  }
  return { kind: 'proposal', proposal: await candidateOf(input, proposal, refused), reason: '' };
}

interface Verdict {
  proposal: PatchProposal;
  refused: RefusedEdit[];
}

/** How many edits of a proposal hold. */
const held = ({ proposal, refused }: Verdict) => proposal.edits.length - refused.length;

/** Of the refused submissions the one with the most edits that hold, of equals the last; null when none was judged. */
function bestOf(turns: readonly JournaledTurn[]): Verdict | null {
  let best: Verdict | null = null;
  for (const { argumentsJson, observation } of turns.flatMap(({ turn }) => submissionsIn(turn, [submitName]))) {
    const verdict = verdictIn(argumentsJson, observation);
    if (verdict !== null && (best === null || held(verdict) >= held(best))) best = verdict;
  }
  return best;
}

function verdictIn(argumentsJson: string, observation: string): Verdict | null {
  try {
    const proposal = parseArguments(PatchProposal, argumentsJson);
    const refused = refusalsIn(observation, proposal);
    return refused === null ? null : { proposal, refused };
  } catch (error) {
    // Arguments that can't be read were refused as such.
    if (!(error instanceof ToolError)) throw error;
    return null;
  }
}
