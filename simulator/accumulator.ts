import { z } from 'zod';
import { DiagnosisKind, DiagnosisProposal } from '../records/diagnosis';
import { emptyMomentum, MomentumRecord, type MomentumUpdate } from '../records/momentum';
import { slugOf } from '../records/slug';
import { userText, type ChatRequest } from './chat-request';
import type { Answer } from './completion';
import { OutlineLine, readSections, sectionOr } from './sections';

const SentDiagnoses = z.array(
  DiagnosisProposal.omit({ evidence: true }).partial({ robustness: true }).extend({
    ordinal: z.string(),
    kind: DiagnosisKind,
  }),
);
type SentDiagnosis = z.infer<typeof SentDiagnoses>[number];
type UpdatedPattern = MomentumUpdate['patterns'][number];

/** Below this confidence a diagnosis gives no actionable signal. */
const leastConfidence = 0.5;

const idOf = (label: string): string => slugOf(label) ?? '';

const actionable = (diagnosis: SentDiagnosis): boolean =>
  diagnosis.confidence >= leastConfidence && idOf(diagnosis.label) !== '';

/** The section that takes warnings: the one on pitfalls, else the first of the outline. */
function placeFor(outline: readonly OutlineLine[]): string | null {
  const sections = outline.filter((line) => line.kind === 'section');
  return (sections.find((line) => /pitfall/i.test(line.title)) ?? sections[0])?.anchor ?? null;
}

function patternOf(diagnosis: SentDiagnosis, known: UpdatedPattern | undefined, anchor: string | null): UpdatedPattern {
  const fresh: UpdatedPattern = {
    id: idOf(diagnosis.label),
    kind: diagnosis.skippedStep === 'none' ? 'operation' : 'mixed',
    summary: diagnosis.label,
    anchor,
    description: diagnosis.cause,
    action: diagnosis.correctApproach.slice(0, 1000),
  };
  // A failure says more about what to do than a success: it sharpens a known pattern, a success leaves it as it is.
  if (known === undefined || diagnosis.kind === 'failure')
    return { ...known, ...fresh, kind: known?.kind ?? fresh.kind };
  return known;
}

/** Earlier themes, then thinking steps that recur in successes: in two of the batch, or in one and an earlier one. */
function themesOf(record: MomentumRecord, diagnoses: readonly SentDiagnosis[]): MomentumUpdate['themes'] {
  const steps = new Map<string, string[]>();
  for (const { kind, skippedStep, ordinal } of diagnoses) {
    if (kind === 'contrastive') steps.set(skippedStep, [...(steps.get(skippedStep) ?? []), ordinal]);
  }
  const themes = new Map(record.themes.map((theme) => [theme.theme, theme]));
  for (const [step, ordinals] of steps) {
    const theme = `The step "${step}" decides several tasks.`;
    const earlier = record.successes.filter(({ thinking }) => thinking === step).map(({ at }) => at);
    const successes = [...earlier, ...ordinals];
    if (step !== 'none' && successes.length > 1) themes.set(theme, { theme, successes });
  }
  return [...themes.values()].slice(0, 3);
}

/** The accumulator's answer: every diagnosis joins the pattern of its label; a vague one gives no signal. */
export function accumulatorAnswer(request: ChatRequest): Answer {
  const sections = readSections(userText(request));
  const record = sectionOr(sections, 'Momentum record', MomentumRecord, emptyMomentum);
  const diagnoses = sectionOr(sections, 'Diagnoses', SentDiagnoses, []);
  const anchor = placeFor(sectionOr(sections, 'Skill outline', z.array(OutlineLine), []));

  const known = new Map<string, UpdatedPattern>(
    record.patterns.map(({ id, kind, summary, anchor: place, description, action }) => [
      id,
      { id, kind, summary, anchor: place, description, action },
    ]),
  );
  const updated = new Map<string, UpdatedPattern>();
  for (const diagnosis of diagnoses.filter(actionable)) {
    const id = idOf(diagnosis.label);
    updated.set(id, patternOf(diagnosis, updated.get(id) ?? known.get(id), anchor));
  }
  const update: MomentumUpdate = {
    assignments: diagnoses.map((diagnosis) => ({
      diagnosis: diagnosis.ordinal,
      pattern: actionable(diagnosis) ? idOf(diagnosis.label) : null,
      gap: actionable(diagnosis) ? 'The skill does not say this where it is needed.' : null,
      proposedChange: actionable(diagnosis) ? 'Say it among the pitfalls.' : null,
    })),
    patterns: [...updated.values()],
    themes: themesOf(record, diagnoses.filter(actionable)),
  };
  return { text: '', calls: [{ name: 'submit_momentum_update', arguments: update }] };
}
