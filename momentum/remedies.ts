import type { GateOutcome, MomentumRecord, OverlayEntry, Remedy } from '../records/momentum';
import { placeOf, textsOf, type Edit, type Patch } from '../records/patch';
import { isStructural } from './structural';

const excerptLength = 400;

/**
 * Enters a step's patch in the remedy log of each pattern that its applied edits answer; what the gate makes of it is
 * entered later. A pattern has one remedy a step: entering the same patch again changes nothing.
 */
export function recordPatch(record: MomentumRecord, patch: Pick<Patch, 'step' | 'applied'>): MomentumRecord {
  const patterns = record.patterns.map((pattern) => {
    const edits = patch.applied.filter((edit) => edit.pattern === pattern.id);
    if (edits.length === 0 || pattern.remedies.some(({ step }) => step === patch.step)) return pattern;
    const remedy: Remedy = {
      step: patch.step,
      diagnosed: diagnosed(record.overlay, edits, pattern.id) ?? pattern.summary,
      edits: edits.map(describeEdit),
      structural: edits.some(isStructural),
      gate: null,
    };
    return { ...pattern, remedies: [...pattern.remedies, remedy] };
  });
  return { ...record, patterns };
}

/** Enters the gate's verdict on a step's patch in the remedies of that step that have none yet. */
export function recordVerdict(record: MomentumRecord, step: number, outcome: GateOutcome): MomentumRecord {
  const patterns = record.patterns.map((pattern) => ({
    ...pattern,
    remedies: pattern.remedies.map((remedy) =>
      remedy.step === step && remedy.gate === null ? { ...remedy, gate: outcome } : remedy,
    ),
  }));
  return { ...record, patterns };
}

/** An edit in one line, for the remedy log and for prompts: what it does, where, and the beginning of its texts. */
export function describeEdit(edit: Edit): string {
  const text = textsOf(edit).join(' / ');
  return `${edit.op} ${placeOf(edit)}${text === '' ? '' : `: ${excerpt(text)}`}`;
}

function diagnosed(overlay: readonly OverlayEntry[], edits: readonly Edit[], pattern: string): string | null {
  const answered = new Set(edits.flatMap((edit) => edit.diagnoses));
  const gaps = overlay
    .filter((entry) => entry.pattern === pattern && answered.has(entry.diagnosis) && entry.gap !== null)
    .map((entry) => entry.gap);
  return gaps.length === 0 ? null : [...new Set(gaps)].join(' / ');
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= excerptLength ? line : `${line.slice(0, excerptLength)} …`;
}
