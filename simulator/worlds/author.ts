import { z } from 'zod';
import { userText, type ChatRequest } from '../chat-request';
import type { Answer } from '../completion';
import { draw, pick } from '../draws';
import { readSections, sectionOr } from '../sections';
import { worldHarms, worldPitfalls } from './pitfalls';
import { optimiser } from './world';

/**
 * A whole skill from task prompts alone: advice on facts that the prompts name, some of it right and some a decoy, and
 * now and then a harmful line. Nothing is lifted into references: nobody has tried the tasks yet.
 */
export function worldAuthor(request: ChatRequest, conversation: string): Answer {
  const prompts = sectionOr(readSections(userText(request)), 'Tasks', z.array(z.string()), []).join('\n');
  const seen = worldPitfalls.filter(({ fact }) => prompts.includes(fact));
  const advice = seen
    .filter(({ id }) => draw('suspects', id, conversation) < optimiser.suspectedUnseen)
    .map(({ id, situations, actions, decoys }) => {
      const right = draw('right', id, conversation) < optimiser.rightUnseen;
      const action = pick(right ? actions : decoys, 'action', id, conversation);
      return `When ${pick(situations, 'situation', id, conversation)}, ${action}.`;
    });
  const harm = worldHarms
    .filter(({ id }) => draw('harm', id, conversation) < optimiser.harmfulUnseen)
    .map(({ id, wordings }) => pick(wordings, 'wording', id, conversation));
  const body = [
    '# Dispatch notes',
    '',
    '## Workflow',
    '',
    '1. Read the facts and list the points that need a line.',
    '2. Write one line for each point, in the order in which the request names them.',
    '',
    '## Common Pitfalls',
    '',
    ...['A note without its parcel number can not be matched.', ...advice, ...harm].map((text) => `- ${text}`),
  ].join('\n');
  const description = 'Writes the dispatch note of a parcel from the facts of a request.';
  return { text: '', calls: [{ name: 'submit_skill', arguments: { description, body } }] };
}
