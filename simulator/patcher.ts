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
import { byUrgency } from './by-urgency';
import { OutlineLine, readSections, sectionOr } from './sections';

/** Share of patches that carry a harmful edit, so that a gate has something to refuse. */
const harmfulShare = 1 / 3;

const DueMoves = z.array(z.object({ pattern: z.string() }));

interface Desk {
  /** All texts of the skill as one. */
  skill: string;
  outline: OutlineLine[];
  record: MomentumRecord;
  budget: number;
  /** Ids of patterns that must be answered by a structural move. */
  due: Set<string>;
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
    due: new Set(sectionOr(sections, 'Structural moves due', DueMoves, []).map(({ pattern }) => pattern)),
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

/** A place for each new item: the pattern's own section, else the one on pitfalls, else the last section. */
function sectionFor(pattern: Pattern, outline: readonly OutlineLine[]): string | null {
  const sections = outline.filter((line) => line.kind === 'section');
  const own = sections.find((line) => line.anchor === pattern.anchor);
  return (own ?? sections.find((line) => /pitfall/i.test(line.title)) ?? sections.at(-1))?.anchor ?? null;
}

const whyOf = (desk: Desk, pattern: Pattern): Pick<Edit, 'pattern' | 'diagnoses'> => ({
  pattern: pattern.id,
  diagnoses: desk.record.overlay.filter((entry) => entry.pattern === pattern.id).map((entry) => entry.diagnosis),
});

function insertion(desk: Desk, pattern: Pattern, text: string): Edit {
  const why = whyOf(desk, pattern);
  const section = sectionFor(pattern, desk.outline);
  if (section === null) return { op: 'insert-section', after: null, text: `## Common Pitfalls\n\n- ${text}`, ...why };
  return { op: 'insert-item', section, text, ...why };
}

/** The edits that answer a pattern; none when the skill says it already. Harm to the contrary is replaced. */
function remedy(desk: Desk, pattern: Pattern): Edit[] {
  const advice = adviceOf(pattern);
  const effect = effectOf(desk.skill);
  const contrary = effect.harm.some((harm) => harm.causes === advice.pitfall);
  if (advice.pitfall !== null && effect.avoided.has(advice.pitfall) && !contrary) return [];
  const text = wordAdvice(advice, digest(desk.conversation, pattern.id), desk.rejected);
  if (desk.skill.includes(text) && !contrary) return [];
  const item = desk.outline.find((line) => {
    const harm = line.kind === 'item' ? harmIn(line.title) : null;
    return harm !== null && harm.causes === advice.pitfall;
  });
  const say = (line: string): Edit =>
    item === undefined
      ? insertion(desk, pattern, line)
      : { op: 'replace-item', anchor: item.anchor, text: line, ...whyOf(desk, pattern) };
  if (!desk.due.has(pattern.id)) return [say(text)];
  const path = `references/${pattern.id}.md`;
  const lifted: Edit = {
    op: 'write-reference',
    path,
    text: `# ${pattern.summary}\n\n- ${text}\n`,
    ...whyOf(desk, pattern),
  };
  if (desk.skill.includes(path)) return [lifted];
  return [
    lifted,
    say(`Read ${path} when ${advice.situation.replace(/\.$/, '')}. Skip when the task has none of this.`),
  ];
}

/** A harmful edit in the name of a pattern; wordings that the gate refused are not tried again. */
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
  const edits: Edit[] = [];
  for (const answer of patterns.map((pattern) => remedy(desk, pattern))) {
    // A reference and its pointer go together.
    if (edits.length + answer.length <= Math.min(room, 50)) edits.push(...answer);
  }
  const blamed = patterns.find(({ id }) => !desk.due.has(id)) ?? first;
  if (blamed !== undefined && harmful) edits.push(harmfulEdit(desk, blamed));
  const proposal: PatchProposal = {
    rationale: edits.length === 0 ? 'The record asks for nothing new.' : 'Each edit answers a pattern of the record.',
    edits,
  };
  return { text: '', calls: [{ name: 'submit_patch', arguments: proposal }] };
}
