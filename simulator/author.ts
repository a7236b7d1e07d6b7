import type { Answer } from './completion';
import { draw, pick } from './draws';
import { harmfulAdvice } from './harmful-advice';
import { PitfallId, pitfalls } from './pitfalls';

/** Share of the pitfalls that a skill written without a look at any rollout warns of, and of harmful advice it gives. */
const knownShare = 0.25;
const harmfulShare = 0.25;

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A whole skill, as a model writes one from task prompts alone: sound in general, with some advice right and some wrong. */
export function authorAnswer(conversation: string): Answer {
  const known = PitfallId.options.filter((id) => draw('known', id, conversation) < knownShare);
  const advice = known.map((id) => {
    const { situations, actions } = pitfalls[id];
    return `When ${pick(situations, 'situation', id, conversation)}, ${pick(actions, 'action', id, conversation)}.`;
  });
  const harm = harmfulAdvice
    .filter(({ id }) => draw('harm', id, conversation) < harmfulShare)
    .map(({ id, wordings }) => pick(wordings, 'wording', id, conversation));
  const items = [...advice, ...harm].map((text) => `- ${sentence(text)}`);
  const pitfallSection = items.length === 0 ? [] : ['', '## Common Pitfalls', '', ...items];
  const body = [
    '# Spreadsheet tasks',
    '',
    '## Workflow',
    '',
    '1. Read the task and look at the workbook before writing anything.',
    '2. Write a script that makes the change and saves the workbook.',
    '3. Load the saved file again and look at what was written.',
    ...pitfallSection,
  ].join('\n');
  const description = 'Edits Excel workbooks with short scripts. Use it for tasks that change cells of a workbook.';
  return { text: '', calls: [{ name: 'submit_skill', arguments: { description, body } }] };
}
