import { z } from 'zod';
import { DiagnosisKind, DiagnosisProposal } from '../../records/diagnosis';
import { emptyMomentum, MomentumRecord, type MomentumUpdate, type Pattern } from '../../records/momentum';
import { slugOf } from '../../records/slug';
import { userText, type ChatRequest } from '../chat-request';
import type { Answer } from '../completion';
import { OutlineLine, readSections, sectionOr } from '../sections';

const SentDiagnosis = DiagnosisProposal.pick({ label: true, cause: true, correctApproach: true, confidence: true });
const SentDiagnoses = z.array(SentDiagnosis.extend({ ordinal: z.string(), kind: DiagnosisKind }));
type SentDiagnosis = z.infer<typeof SentDiagnoses>[number];
type Updated = MomentumUpdate['patterns'][number];

/** Below this confidence a diagnosis gives no actionable signal. */
const leastConfidence = 0.5;

const idOf = (label: string): string => slugOf(label) ?? '';

/**
 * A pattern after one more diagnosis. A contrast knows what to do better than a failure, so it always speaks; a failure
 * speaks for a new pattern, or for one that came back although something was done about it.
 */
function sharpened(
  diagnosis: SentDiagnosis,
  known: Updated | undefined,
  tried: boolean,
  anchor: string | null,
): Updated {
  const { label, cause, correctApproach, kind } = diagnosis;
  if (known !== undefined && kind === 'failure' && !tried) return known;
  return {
    ...{ id: idOf(label), kind: 'operation' as const, summary: label, anchor: known?.anchor ?? anchor },
    ...{ description: cause, action: correctApproach.slice(0, 1000) },
  };
}

const updatedOf = ({ id, kind, summary, anchor, description, action }: Pattern): Updated => {
  return { id, kind, summary, anchor, description, action };
};

/** The accumulator's answer in a world: every clear diagnosis joins the pattern of its label. */
export function worldAccumulator(request: ChatRequest): Answer {
  const sections = readSections(userText(request));
  const record = sectionOr(sections, 'Momentum record', MomentumRecord, emptyMomentum);
  const diagnoses = sectionOr(sections, 'Diagnoses', SentDiagnoses, []);
  const outline = sectionOr(sections, 'Skill outline', z.array(OutlineLine), []);
  const anchor = outline.find(({ kind, title }) => kind === 'section' && /pitfall/i.test(title))?.anchor ?? null;

  const known = new Map(record.patterns.map((pattern) => [pattern.id, pattern]));
  const updated = new Map<string, Updated>();
  const clear = diagnoses.filter(({ confidence }) => confidence >= leastConfidence);
  for (const diagnosis of clear) {
    const id = idOf(diagnosis.label);
    const before = known.get(id);
    const current = updated.get(id) ?? (before === undefined ? undefined : updatedOf(before));
    const tried = updated.get(id) === undefined && (before?.remedies.length ?? 0) > 0;
    updated.set(id, sharpened(diagnosis, current, tried, anchor));
  }
  const update: MomentumUpdate = {
    assignments: diagnoses.map((diagnosis) => {
      const isClear = clear.includes(diagnosis);
      return {
        diagnosis: diagnosis.ordinal,
        pattern: isClear ? idOf(diagnosis.label) : null,
        gap: isClear ? 'The skill does not say this where it is needed.' : null,
        proposedChange: isClear ? 'Say it where it is read in time.' : null,
      };
    }),
    patterns: [...updated.values()],
    themes: record.themes,
  };
  return { text: '', calls: [{ name: 'submit_momentum_update', arguments: update }] };
}
