import type { Trajectory, Turn } from '../records/trajectory';

/** A turn as the diagnoser reads it: no times, no costs, no ids. */
export interface DigestedTurn {
  turn: number;
  thought: string;
  calls: { name: string; arguments: string }[];
  observations: string[];
  finishReason: string;
}

/** A text of at most `limit` characters and a note: what is over is left out in the middle. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} characters left out …]\n${text.slice(-half)}`;
}

/** One turn with each of its texts cut in the middle to `limit` characters. */
export function digestTurn(turn: Turn, limit: number): DigestedTurn {
  return {
    turn: turn.turn,
    thought: cutMiddle(turn.thought, limit),
    calls: turn.calls.map((call) => ({ name: call.name, arguments: cutMiddle(call.arguments, limit) })),
    observations: turn.observations.map(({ content }) => cutMiddle(content, limit)),
    finishReason: turn.finishReason,
  };
}

/** Turns that ran code or ended the rollout decide its outcome: they are kept longest. */
function isDecisive(turn: Turn, last: number): boolean {
  return turn.turn >= last - 1 || turn.calls.some(({ name }) => name === 'run_code');
}

/**
 * A trajectory within `budget` characters: texts are cut in the middle, those of undecisive turns first and hardest.
 * What was left out can be read on demand, turn by turn.
 */
export function digestTrajectory(trajectory: Trajectory, budget: number): DigestedTurn[] {
  const last = trajectory.turns.length;
  for (const [plain, decisive] of [
    [8000, 16_000],
    [2000, 8000],
    [500, 4000],
    [200, 1000],
  ] as const) {
    const digest = trajectory.turns.map((turn) => digestTurn(turn, isDecisive(turn, last) ? decisive : plain));
    if (JSON.stringify(digest).length <= budget) return digest;
  }
  return trajectory.turns.map((turn) => digestTurn(turn, 100));
}
