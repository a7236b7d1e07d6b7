import { z } from 'zod';
import { DiagnosisKind, type DiagnosisProposal } from '../records/diagnosis';
import { pastCalls, userText, type ChatRequest } from './chat-request';
import { classifyMismatches, type Classification } from './classify-mismatches';
import type { Answer } from './completion';
import { draw, pick } from './draws';
import { pitfalls } from './pitfalls';
import { SentMismatch } from './read-mismatch';
import { readSections, sectionOr } from './sections';

const SentScore = z.object({ mismatches: z.array(SentMismatch).default([]) });

const SentTurns = z.array(
  z.object({
    turn: z.number(),
    thought: z.string().default(''),
    calls: z.array(z.object({ name: z.string() })).default([]),
  }),
);
type SentTurns = z.infer<typeof SentTurns>;

/** Share of diagnoses that read a turn in full before they are submitted. */
const readingShare = 1 / 4;
const maxEvidence = 5;

/** Turns in which code ran; the last turn where none did. */
function codeTurns(turns: SentTurns): number[] {
  const ran = turns.filter((turn) => turn.calls.some((made) => made.name === 'run_code')).map((turn) => turn.turn);
  return ran.length > 0 ? ran.slice(-2) : turns.slice(-1).map((turn) => turn.turn);
}

function vague(kind: DiagnosisKind, turns: number[]): DiagnosisProposal {
  return {
    label: 'Result differs without visible reason',
    cause: 'Nothing that was compared shows what went wrong.',
    correctApproach: 'Read the task once more and look at the saved output.',
    skippedStep: 'verify-the-output',
    robustness: kind === 'contrastive' ? 'lucky' : 'not-applicable',
    confidence: 0.2,
    evidence: { turns, mismatches: [] },
  };
}

function explained(
  kind: DiagnosisKind,
  found: Classification,
  { turns, earlierTurns }: { turns: SentTurns; earlierTurns: SentTurns },
  conversation: string,
): DiagnosisProposal {
  const pitfall = pitfalls[found.pitfall];
  const situation = pick(pitfall.situations, 'situation', conversation);
  const contrast = kind === 'contrastive';
  const followedAdvice = turns.some((turn) => /\bskill\b/i.test(turn.thought) && /\bfollow/i.test(turn.thought));
  return {
    label: pitfall.label,
    cause: `When ${situation}: ${pitfall.cause}${contrast ? ' The later attempt did not.' : ''}`,
    correctApproach: pick(pitfall.actions, 'action', conversation),
    skippedStep: pitfall.skippedStep,
    robustness: contrast ? (followedAdvice ? 'robust' : 'lucky') : 'not-applicable',
    confidence: contrast ? 0.7 : 0.85,
    evidence: {
      turns: codeTurns(turns),
      ...(contrast ? { earlierTurns: codeTurns(earlierTurns) } : {}),
      mismatches: found.mismatches.slice(0, maxEvidence),
    },
  };
}

/** The diagnoser's next turn: now and then it reads a turn in full, then it submits what the mismatches show. */
export function diagnoserAnswer(request: ChatRequest, conversation: string): Answer {
  const sections = readSections(userText(request));
  const kind = sectionOr(sections, 'Kind', DiagnosisKind, 'failure');
  const heading = kind === 'contrastive' ? 'Earlier score' : 'Score';
  const score = sectionOr(sections, heading, SentScore, { mismatches: [] });
  const turns = sectionOr(sections, 'Trajectory', SentTurns, []);
  const earlierTurns = sectionOr(sections, 'Earlier trajectory', SentTurns, []);
  const [turn] = codeTurns(turns).slice(-1);

  const canRead = request.tools.some((tool) => tool.function.name === 'read_turn');
  if (canRead && turn !== undefined && pastCalls(request).length === 0 && draw('read', conversation) < readingShare) {
    return {
      text: 'I read the turn that ran the code.',
      calls: [{ name: 'read_turn', arguments: { turn, attempt: 'this' } }],
    };
  }
  const found = classifyMismatches(score.mismatches);
  const proposal =
    found === null ? vague(kind, codeTurns(turns)) : explained(kind, found, { turns, earlierTurns }, conversation);
  return { text: '', calls: [{ name: 'submit_diagnosis', arguments: proposal }] };
}
