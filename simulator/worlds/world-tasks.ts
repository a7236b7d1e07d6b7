import { draw } from '../draws';
import { worldPitfalls, type WorldPitfall } from './pitfalls';

/** A task of the dispatch world, as an entry of the `custom` benchmark. */
export interface WorldTask {
  id: string;
  prompt: string;
  answer: string;
}

/** What a prompt says, which is all that the simulated executor knows of a task. */
export interface ReadTask {
  parcel: string;
  /** In the order of the note's lines; at least one. */
  pitfalls: WorldPitfall[];
}

/** The note, with `wrong` lines as the pitfalls make them. */
export function noteOf({ parcel, pitfalls }: ReadTask, wrong: ReadonlySet<string>): string {
  const lines = pitfalls.map(({ id, line, ...entry }) => `${line}: ${wrong.has(id) ? entry.wrong : entry.right}`);
  return [`parcel: ${parcel}`, ...lines].join('\n');
}

/** Reads a task back from its prompt; null for a prompt of no such task. */
export function readTask(prompt: string): ReadTask | null {
  const parcel = /dispatch note of parcel (\d+)/.exec(prompt)?.[1];
  const pitfalls = worldPitfalls.filter(({ fact }) => prompt.includes(`- ${fact}`));
  return parcel === undefined || pitfalls.length === 0 ? null : { parcel, pitfalls };
}

function drawPitfalls(...parts: (string | number)[]): WorldPitfall[] {
  for (let attempt = 0; ; attempt += 1) {
    const drawn = worldPitfalls.filter(({ id, frequency }) => draw('has', ...parts, attempt, id) < frequency);
    if (drawn.length > 0) return drawn;
  }
}

/**
 * Task number `index` of a sample: each pitfall is there by its frequency, on its own; a draw without any is drawn again.
 * Depends on the arguments alone.
 */
export function worldTask(sample: number, index: number): WorldTask {
  const pitfalls = drawPitfalls(sample, index);
  const parcel = String(10_000 + Math.floor(draw('parcel', sample, index) * 900) * 100 + (index % 100));
  const prompt = [
    `Write the dispatch note of parcel ${parcel}.`,
    '',
    'Facts:',
    ...pitfalls.map(({ fact }) => `- ${fact}`),
    '',
    `The note begins with a line "parcel: NUMBER" and then has one line each for: ${pitfalls.map(({ line }) => line).join(', ')}.`,
  ].join('\n');
  return { id: `t${index + 1}`, prompt, answer: noteOf({ parcel, pitfalls }, new Set()) };
}
