import { z } from 'zod';
import { DiagnosisKind, type DiagnosisProposal } from '../../records/diagnosis';
import { userText, type ChatRequest } from '../chat-request';
import type { Answer } from '../completion';
import { draw, pick } from '../draws';
import { readSections, sectionOr } from '../sections';
import { safeJson } from '../shown-skill';
import { worldPitfalls, type WorldPitfall } from './pitfalls';
import { optimiser } from './world';

const SentScore = z.object({
  mismatches: z.array(z.object({ expected: z.string(), got: z.string() })).default([]),
});
const SentTurns = z.array(z.object({ turn: z.number(), calls: z.array(z.object({ name: z.string() })).default([]) }));

const textOf = (shown: string): string => {
  const parsed = safeJson(shown);
  return typeof parsed === 'string' ? parsed : '';
};

/** The pitfalls that the mismatches show, each with the index of its mismatch. */
function pitfallsIn(mismatches: z.infer<typeof SentScore>['mismatches']): { pitfall: WorldPitfall; index: number }[] {
  return mismatches.flatMap(({ expected, got }, index) => {
    const pitfall = worldPitfalls.find(
      ({ line, right, wrong }) => textOf(expected) === `${line}: ${right}` && textOf(got) === `${line}: ${wrong}`,
    );
    return pitfall === undefined ? [] : [{ pitfall, index }];
  });
}

/**
 * The diagnoser's answer in a world: one of the lines that went wrong, with an action that a failure alone names rightly
 * in most cases and a contrast with a success in nearly all. A wrong action is one of the pitfall's decoys.
 */
export function worldDiagnoser(request: ChatRequest, conversation: string): Answer {
  const sections = readSections(userText(request));
  const kind = sectionOr(sections, 'Kind', DiagnosisKind, 'failure');
  const contrast = kind === 'contrastive';
  const score = sectionOr(sections, contrast ? 'Earlier score' : 'Score', SentScore, { mismatches: [] });
  const turns = sectionOr(sections, 'Trajectory', SentTurns, []);
  const wrote = turns.filter(({ calls }) => calls.some(({ name }) => name === 'write_file'));
  const cited = (wrote.length > 0 ? wrote : turns).slice(-1).map(({ turn }) => turn);

  const found = pitfallsIn(score.mismatches);
  if (found.length === 0) return submit(vague(contrast, cited));
  const { pitfall, index } = pick(found, 'which', conversation);
  const right = contrast ? optimiser.rightAfterContrast : optimiser.rightAfterFailure;
  const actions = draw('right', conversation) < right ? pitfall.actions : pitfall.decoys;
  return submit({
    label: pitfall.label,
    cause: `When ${pick(pitfall.situations, 'situation', conversation)}: the line "${pitfall.line}" was filled in as for any other parcel.`,
    correctApproach: pick(actions, 'action', conversation),
    skippedStep: 'inspect-first',
    robustness: contrast ? 'robust' : 'not-applicable',
    confidence: contrast ? 0.9 : 0.65,
    evidence: { turns: cited, mismatches: [index] },
  });
}

const submit = (proposal: DiagnosisProposal): Answer => ({
  text: '',
  calls: [{ name: 'submit_diagnosis', arguments: proposal }],
});

function vague(contrast: boolean, turns: number[]): DiagnosisProposal {
  return {
    label: 'Note differs without visible reason',
    cause: 'No line that was compared shows what went wrong.',
    correctApproach: 'Read the request once more.',
    skippedStep: 'none',
    robustness: contrast ? 'lucky' : 'not-applicable',
    confidence: 0.2,
    evidence: { turns, mismatches: [] },
  };
}
