import { z } from 'zod';
import { emptyMomentum, MomentumRecord, type Pattern } from '../../records/momentum';
import type { Edit } from '../../records/patch';
import { type PatchProposal } from '../../records/patch';
import { pastCalls, userText, type ChatRequest } from '../chat-request';
import type { Answer } from '../completion';
import { draw, pick } from '../draws';
import { byUrgency } from '../by-urgency';
import { adviceTemplates, maxWordings } from '../compose-advice';
import { OutlineLine, readSections, sectionOr } from '../sections';
import { distractors, worldHarms, worldPitfalls, type WorldPitfall } from './pitfalls';
import { optimiser } from './world';

interface Desk {
  files: Record<string, string>;
  outline: OutlineLine[];
  record: MomentumRecord;
  budget: number;
  /** Texts of edits that the gate refused. */
  rejected: Set<string>;
  /** Whether references may be written: not in a package without layers, nor after a submission came back. */
  mayLift: boolean;
  conversation: string;
}

const RejectedEdits = z.array(z.object({ edit: z.object({ text: z.string().optional() }) }));

function deskOf(request: ChatRequest, conversation: string): Desk {
  const sections = readSections(userText(request));
  return {
    files: sectionOr(sections, 'Skill files', z.record(z.string(), z.string()), {}),
    outline: sectionOr(sections, 'Skill outline', z.array(OutlineLine), []),
    record: sectionOr(sections, 'Momentum record', MomentumRecord, emptyMomentum),
    budget: sectionOr(sections, 'Edit budget', z.number().nullable(), null) ?? Infinity,
    rejected: new Set(sectionOr(sections, 'Rejected edits', RejectedEdits, []).flatMap(({ edit }) => edit.text ?? [])),
    mayLift: !sections.has('layers') && !pastCalls(request).some(({ name }) => name === 'submit_patch'),
    conversation,
  };
}

/** The pattern's advice in one of several wordings, not one that the gate refused where there is another. */
function advice(desk: Desk, pattern: Pattern, pitfall: WorldPitfall): string {
  const works = pitfall.actions.includes(pattern.action);
  let text = '';
  for (let attempt = 0; attempt < maxWordings; attempt += 1) {
    const by = [desk.conversation, pattern.id, attempt] as const;
    const situation = pick(pitfall.situations, 'situation', ...by);
    const action = works ? pick(pitfall.actions, 'action', ...by) : pattern.action;
    text = pick(adviceTemplates, 'template', ...by)(situation, action);
    if (!desk.rejected.has(text)) return text;
  }
  return text;
}

/** How often edits in place did not do: remedies tried, or steps in which the pattern came back after the first of them. */
function failedInPlace({ steps, remedies }: Pattern): number {
  const first = remedies[0]?.step ?? Infinity;
  return Math.max(remedies.length, steps.filter((step) => step > first).length);
}

function remedy(desk: Desk, pattern: Pattern): Edit[] {
  const pitfall = worldPitfalls.find(({ label }) => label === pattern.summary);
  if (pitfall === undefined) return [];
  const why = {
    pattern: pattern.id,
    diagnoses: desk.record.overlay.filter((entry) => entry.pattern === pattern.id).map((entry) => entry.diagnosis),
  };
  const text = advice(desk, pattern, pitfall);
  const items = desk.outline.filter(({ kind }) => kind === 'item');
  const own = items.find(({ title }) => pitfall.situationSign.test(title));
  const harmful = items.find(({ title }) =>
    worldHarms.some((harm) => harm.hurts === pitfall.id && harm.sign.test(title)),
  );
  const place = (line: string): Edit =>
    own === undefined ? insertion(desk, line, why) : { op: 'replace-item', anchor: own.anchor, text: line, ...why };

  const mended: Edit[] = harmful === undefined ? [] : [{ op: 'delete-item', anchor: harmful.anchor, ...why }];
  const path = `references/${pitfall.id}.md`;
  const lifted = desk.files[path];
  const says = (where: string): boolean =>
    pitfall.actions.includes(pattern.action) ? pitfall.actionSign.test(where) : where.includes(pattern.action);
  const lift = desk.mayLift && (lifted !== undefined || failedInPlace(pattern) >= optimiser.liftAfter);
  if (lift) {
    if (lifted !== undefined && says(lifted)) return mended;
    const reference = `# ${pattern.summary}\n\n- ${text}\n- Compare the line with the fact afterwards; where they differ, write the line again.\n`;
    const pointer = `Read ${path} when ${pick(pitfall.situations, 'trigger', pattern.id)}. Skip when no fact says so.`;
    return [
      ...mended,
      { op: 'write-reference', path, text: reference, ...why },
      ...(lifted === undefined ? [place(pointer)] : []),
    ];
  }
  if (own !== undefined && says(own.title)) return mended;
  return [...mended, place(text)];
}

function insertion(desk: Desk, text: string, why: { pattern: string; diagnoses: string[] }): Edit {
  const sections = desk.outline.filter(({ kind }) => kind === 'section');
  const section = (sections.find(({ title }) => /pitfall/i.test(title)) ?? sections.at(-1))?.anchor;
  if (section === undefined)
    return { op: 'insert-section', after: null, text: `## Common Pitfalls\n\n- ${text}`, ...why };
  return { op: 'insert-item', section, text, ...why };
}

/** Edits that nothing asks for, in the name of the most pressing pattern: harmful ones and ones that do nothing. */
function strayEdits(desk: Desk, pattern: Pattern): Edit[] {
  const known = Object.values(desk.files).join('\n');
  const choose = (texts: readonly string[], purpose: string): Edit[] => {
    const fresh = texts.filter((text) => !known.includes(text) && !desk.rejected.has(text));
    if (fresh.length === 0) return [];
    return [insertion(desk, pick(fresh, purpose, desk.conversation), { pattern: pattern.id, diagnoses: [] })];
  };
  return [
    ...(draw('harmful', desk.conversation) < optimiser.harmful
      ? choose(
          worldHarms.flatMap(({ wordings }) => wordings),
          'harm',
        )
      : []),
    ...(draw('distracting', desk.conversation) < optimiser.distracting ? choose(distractors, 'distractor') : []),
  ];
}

/**
 * The patcher's answer in a world: advice for the patterns of the record, within the budget. A pattern that came back
 * after edits in place is lifted into a reference. Now and then an edit comes along that harms or does nothing.
 */
export function worldPatcher(request: ChatRequest, conversation: string): Answer {
  const desk = deskOf(request, conversation);
  const patterns = byUrgency(desk.record);
  const [first] = patterns;
  const stray = first === undefined ? [] : strayEdits(desk, first).slice(0, desk.budget);
  const edits: Edit[] = [];
  for (const answer of patterns.map((pattern) => remedy(desk, pattern))) {
    // A reference without its pointer would be refused: what belongs together goes together.
    if (edits.length + answer.length + stray.length <= Math.min(desk.budget, 50)) edits.push(...answer);
  }
  edits.push(...stray);
  const proposal: PatchProposal = { rationale: 'Each edit answers a pattern of the record.', edits };
  return { text: '', calls: [{ name: 'submit_patch', arguments: proposal }] };
}
