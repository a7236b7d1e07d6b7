import { z } from 'zod';
import type { Tool } from '../tool';
import { defineTool, ToolError } from '../tool';
import { digestTurn } from '../trajectory-digest';
import type { DiagnoserInput } from './diagnoser';

/** Characters of a turn that one reading returns: below what an observation may hold. */
const partLength = 24_000;

/**
 * The tool that reads what a prompt left out of a trajectory: one turn whole, in parts where it is long. `mayRead` says
 * whether the chain has turns left for it, since a diagnosis must follow.
 */
export function readTurnTool(input: DiagnoserInput, mayRead: () => boolean): Tool {
  return defineTool({
    name: 'read_turn',
    description: 'Read one turn of a trajectory whole. A long one comes in parts, counted from 1.',
    schema: z.object({
      turn: z.number().int().positive(),
      attempt: z.enum(['this', 'earlier']),
      part: z.number().int().positive().optional(),
    }),
    run: async ({ turn, attempt, part = 1 }) => {
      if (!mayRead()) throw new ToolError('no turn is left for reading: submit the diagnosis now');
      const { trajectory } = (attempt === 'earlier' ? input.earlier : input.attempt) ?? {};
      if (trajectory === undefined) throw new ToolError('there is no earlier attempt; read a turn of "this" one');
      const found = trajectory.turns.find((entry) => entry.turn === turn);
      if (found === undefined) {
        throw new ToolError(`there is no turn ${turn}; that attempt has the turns 1 to ${trajectory.turns.length}`);
      }
      const text = JSON.stringify(digestTurn(found, Infinity), null, 1);
      const parts = Math.ceil(text.length / partLength);
      if (part > parts) throw new ToolError(`turn ${turn} has ${parts} ${parts === 1 ? 'part' : 'parts'}, not ${part}`);
      if (parts === 1) return text;
      return `[part ${part} of ${parts}]\n${text.slice((part - 1) * partLength, part * partLength)}`;
    },
  });
}
