import { z } from 'zod';
import { GateOutcome, emptyMomentum, MomentumRecord, type Pattern } from '../records/momentum';
import { Edit, type PatchProposal } from '../records/patch';
import { effectOf, harmIn } from './advice';
import { userText, type ChatRequest } from './chat-request';
import { consolidation } from './consolidation';
import { adviceOf, wordAdvice } from './compose-advice';
import type { Answer } from './completion';
import { digest, draw, pick } from './draws';
import { harmfulAdvice } from './harmful-advice';
import { OutlineLine, readSections, sectionOr } from './sections';

/** Share of patches that carry a harmful edit, so that a gate has something to refuse. */
const harmfulShare = 1 / 3;

interface Desk {
  /** All texts of the skill as one. */
  skill: string;
  outline: OutlineLine[];
  record: MomentumRecord;
  budget: number;
  rejected: Set<string>;
  /** Whether a slow update is asked for. */
  consolidates: boolean;
  conversation: string;
}

const textOf = (edit: Edit): string => ('text' in edit ? edit.text : '');

function deskOf(request: ChatRequest, conversation: string): Desk {
  const sections = readSections(userText(request));
  const files = sectionOr(sections, 'Skill files', z.record(z.string(), z.string()), {});
  const past = sectionOr(
    sections,
    'Rejected edits',
    z.array(z.object({ edit: Edit, gate: GateOutcome.nullish() })),
    [],
  );
  return {
    skill: Object.values(files).join('\n\n'),
    outline: sectionOr(sections, 'Skill outline', z.array(OutlineLine), []),
    record: sectionOr(sections, 'Momentum record', MomentumRecord, emptyMomentum),
    budget: sectionOr(sections, 'Edit budget', z.number().nullable(), null) ?? Infinity,
    rejected: new Set(
      past.map(({ edit }) =>
        textOf(edit)
          .replace(/^## [^\n]*\n+- /, '')
          .trim(),
      ),
    ),
    consolidates: sections.has('duty'),
    conversation,
  };
}

/** Most pressing first: seen in this batch, then by how often. */
function byUrgency(record: MomentumRecord): Pattern[] {
  const current = new Set(record.overlay.map((entry) => entry.pattern));
  const weight = (pattern: Pattern): number => pattern.occurrences + (current.has(pattern.id) ? 1000 : 0);
  return [...record.patterns].sort((a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : 1));
}

/** A place for each new item: the pattern's own section, else the one on pitfalls, else the last section. */
function sectionFor(pattern: Pattern, outline: readonly OutlineLine[]): string | null {
  const sections = outline.filter((line) => line.kind === 'section');
  const own = sections.find((line) => line.anchor === pattern.anchor);
  return (own ?? sections.find((line) => /pitfall/i.test(line.title)) ?? sections.at(-1))?.anchor ?? null;
}

function insertion(desk: Desk, pattern: Pattern, text: string): Edit {
  const why = {
    pattern: pattern.id,
    diagnoses: desk.record.overlay.filter((entry) => entry.pattern === pattern.id).map((entry) => entry.diagnosis),
  };
  const section = sectionFor(pattern, desk.outline);
  if (section === null) return { op: 'insert-section', after: null, text: `## Common Pitfalls\n\n- ${text}`, ...why };
  return { op: 'insert-item', section, text, ...why };
}

/** The edit that answers a pattern; null when the skill says it already. Harm to the contrary is replaced. */
function remedy(desk: Desk, pattern: Pattern): Edit | null {
  const advice = adviceOf(pattern);
  const effect = effectOf(desk.skill);
  const contrary = effect.harm.some((harm) => harm.causes === advice.pitfall);
  if (advice.pitfall !== null && effect.avoided.has(advice.pitfall) && !contrary) return null;
  const text = wordAdvice(advice, digest(desk.conversation, pattern.id), desk.rejected);
  if (desk.skill.includes(text) && !contrary) return null;
  const edit = insertion(desk, pattern, text);
  const item = desk.outline.find((line) => {
    const harm = line.kind === 'item' ? harmIn(line.title) : null;
    return harm !== null && harm.causes === advice.pitfall;
  });
  if (item === undefined) return edit;
  return { op: 'replace-item', anchor: item.anchor, text, pattern: edit.pattern, diagnoses: edit.diagnoses };
}

/** A harmful edit in the name of the most pressing pattern; wordings that the gate refused are not tried again. */
function harmfulEdit(desk: Desk, pattern: Pattern): Edit {
  const wordings = harmfulAdvice.flatMap((harm) => [...harm.wordings]);
  const untried = wordings.filter((text) => !desk.rejected.has(text) && !desk.skill.includes(text));
  return insertion(desk, pattern, pick(untried.length > 0 ? untried : wordings, 'harm', desk.conversation));
}

/** The patcher's answer: advice for the patterns of the record, within the budget, and now and then a harmful edit. */
export function patcherAnswer(request: ChatRequest, conversation: string): Answer {
  const desk = deskOf(request, conversation);
  const patterns = byUrgency(desk.record);
  const [first] = patterns;
  if (desk.consolidates) {
    const proposal = consolidation(desk.outline, first?.id ?? 'none', conversation);
    return { text: '', calls: [{ name: 'submit_patch', arguments: proposal }] };
  }
  const harmful = first !== undefined && desk.budget > 0 && draw('harmful', conversation) < harmfulShare;
  const room = desk.budget - (harmful ? 1 : 0);
  const edits = patterns.flatMap((pattern) => remedy(desk, pattern) ?? []).slice(0, Math.max(0, Math.min(room, 50)));
  if (first !== undefined && harmful) edits.push(harmfulEdit(desk, first));
  const proposal: PatchProposal = {
    rationale:
      edits.length === 0 ? 'The record asks for nothing new.' : 'Each edit answers a pattern of the record, in place.',
    edits,
  };
  return { text: '', calls: [{ name: 'submit_patch', arguments: proposal }] };
}
