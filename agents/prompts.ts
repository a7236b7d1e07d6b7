import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PromptName } from '../records/plan';

/** The system prompts of all roles and duties, from the Markdown files beside their code. */
export function readPrompts(): Record<PromptName, string> {
  const read = (role: string, name = role) => readFileSync(path.join(__dirname, role, `${name}.md`), 'utf8');
  return {
    executor: read('executor'),
    diagnoser: read('diagnoser'),
    accumulator: read('accumulator'),
    patcher: read('patcher'),
    consolidate: read('patcher', 'consolidate'),
    'one-shot': read('patcher', 'one-shot'),
  };
}
