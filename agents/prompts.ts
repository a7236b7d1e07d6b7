import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Role } from '../records/run-config';

/** The system prompt of each role, from the Markdown file beside its code. */
export function readPrompts(): Record<Role, string> {
  const read = (role: Role) => readFileSync(path.join(__dirname, role, `${role}.md`), 'utf8');
  return {
    executor: read('executor'),
    diagnoser: read('diagnoser'),
    accumulator: read('accumulator'),
    patcher: read('patcher'),
  };
}
