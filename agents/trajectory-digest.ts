import type { Turn } from '../records/trajectory';
import { countTokens } from '../skill/layer-budgets';

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

/** Characters that the texts of a cut turn keep; the first that fits is taken. */
const cuts = [16_000, 4_000, 1_000, 300] as const;
/** Decisive turns besides the last two, at most: the latest that ran code or met an error. */
const maxDecisive = 8;
/** Share of the budget that the mere list of turns may take. */
const listShare = 1 / 2;

/** Tokens of an entry that stands for a stretch of turns, at most. */
const tokensOfGap = 60;

interface Shown {
  turn: Turn;
  decisive: boolean;
  digest: DigestedTurn;
  tokens: number;
}

/**
 * A trajectory within about `budget` tokens. It is whole where that fits. Else the turns that decided the outcome (the
 * last two, and those that ran code or met an error) are kept whole where they fit, latest first; the others are cut as
 * hard as needed. A stretch of turns that there is no room for at all is one entry that says which can be read on demand.
 */
export async function condenseTrajectory(turns: readonly Turn[], budget: number): Promise<DigestedTurn[]> {
  const whole = turns.map((turn) => digestTurn(turn, Infinity));
  if (bytesOf(whole) <= budget || (!isHopeless(whole, budget) && (await tokensOf(...whole)) <= budget)) return whole;
  const decisive = decisiveTurns(turns);
  const shown: Shown[] = await Promise.all(
    turns.map(async (turn) => {
      const digest = bareTurn(turn);
      return { turn, decisive: decisive.has(turn.turn), digest, tokens: await tokensOf(digest) };
    }),
  );
  const listed = shown.reduce((sum, { tokens }) => sum + tokens, 0) <= budget * listShare;
  const latestFirst = shown.filter((entry) => entry.decisive).reverse();
  const others = listed ? shown.filter((entry) => !entry.decisive) : [];
  const kept = listed ? shown : latestFirst;
  const gaps = listed ? 0 : tokensOfGap * (latestFirst.length + 1);
  let left = budget - gaps - kept.reduce((sum, { tokens }) => sum + tokens, 0);
  const raise = async (entry: Shown, limits: readonly number[]): Promise<void> => {
    for (const limit of limits) {
      const digest = digestTurn(entry.turn, limit);
      if (isHopeless([digest], entry.tokens + left)) continue;
      const tokens = await tokensOf(digest);
      if (tokens > entry.tokens + left) continue;
      left -= tokens - entry.tokens;
      Object.assign(entry, { digest, tokens });
      return;
    }
  };
  // None of the decisive turns may starve another: each gets a little before any is whole.
  for (const entry of latestFirst) await raise(entry, [cuts[2], cuts[3]]);
  for (const entry of latestFirst) await raise(entry, [Infinity, ...cuts]);
  for (const entry of others) await raise(entry, cuts.slice(1));
  return listed ? shown.map(({ digest }) => digest) : withGaps(shown);
}

function decisiveTurns(turns: readonly Turn[]): Set<number> {
  const telling = turns.filter(
    ({ calls, observations }) =>
      calls.some(({ name }) => name === 'run_code') || observations.some(({ isError }) => isError),
  );
  return new Set([...telling.slice(-maxDecisive), ...turns.slice(-2)].map(({ turn }) => turn));
}

/** What a turn did, without any of its texts. */
function bareTurn({ turn, calls, finishReason }: Turn): DigestedTurn {
  return {
    turn,
    thought: '[left out]',
    calls: calls.map(({ name }) => ({ name, arguments: '' })),
    observations: [],
    finishReason,
  };
}

/** The decisive turns, with one entry for each stretch of others. */
function withGaps(shown: readonly Shown[]): DigestedTurn[] {
  const digests: DigestedTurn[] = [];
  for (let at = 0; at < shown.length; at += 1) {
    const entry = shown[at];
    if (entry === undefined) break;
    if (entry.decisive) {
      digests.push(entry.digest);
      continue;
    }
    let end = at;
    while (shown[end + 1]?.decisive === false) end += 1;
    const last = shown[end]?.turn.turn ?? entry.turn.turn;
    const what = last === entry.turn.turn ? `turn ${last}` : `turns ${entry.turn.turn} to ${last}`;
    digests.push({ ...bareTurn(entry.turn), thought: `[${what} left out]`, calls: [], finishReason: '' });
    at = end;
  }
  return digests;
}

/** As a prompt's section shows turns. */
const jsonOf = (turns: readonly DigestedTurn[]): string => JSON.stringify(turns, null, 1);
const bytesOf = (turns: readonly DigestedTurn[]): number => Buffer.byteLength(jsonOf(turns));
const tokensOf = (...turns: DigestedTurn[]): Promise<number> => countTokens(jsonOf(turns));
/** Whether a value is too large by far, so that it need not be counted. */
const isHopeless = (turns: readonly DigestedTurn[], budget: number): boolean => bytesOf(turns) > 40 * budget;
