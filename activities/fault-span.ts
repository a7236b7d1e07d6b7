import { Context } from '@temporalio/activity';
import { z } from 'zod';

/** How long an activity has met nothing but faults. Travels from attempt to attempt in the heartbeat's details. */
const FaultSpan = z.object({
  /** When the first of them was met, ms since the epoch. */
  sinceMs: z.number(),
  /** When the next attempt should be over at the latest; what comes later follows an absence, not an outage. */
  expectedMs: z.number(),
  /** Turns that were journaled by then: another turn is a success, and ends the span. */
  turns: z.number().int(),
});
type FaultSpan = z.infer<typeof FaultSpan>;

/** The longest back-off between attempts, and what a worker that takes over may need. */
const slackMs = 120_000;

function earlier(): FaultSpan | null {
  const parsed = FaultSpan.safeParse(Context.current().info.heartbeatDetails);
  return parsed.success ? parsed.data : null;
}

/** Tells the server that the activity is alive, and keeps what earlier attempts have left. */
export function beat(): void {
  Context.current().heartbeat(earlier() ?? undefined);
}

/**
 * Notes a fault for the attempts to come and tells how long there have been only faults, in milliseconds: from the first
 * one since the last success, without the time in which no worker ran or the machine slept.
 *
 * @param turns journaled so far
 * @param retryAfterMs what the next attempt waits, where the fault says so
 * @param attemptMs what an attempt may take at most
 */
export function faultSpanMs(turns: number, retryAfterMs: number | null, attemptMs: number): number {
  const nowMs = Date.now();
  const before = earlier();
  const goesOn = before !== null && before.turns === turns && nowMs <= before.expectedMs;
  const sinceMs = goesOn ? before.sinceMs : nowMs;
  const span: FaultSpan = { sinceMs, expectedMs: nowMs + (retryAfterMs ?? 0) + attemptMs + slackMs, turns };
  Context.current().heartbeat(span);
  return nowMs - sinceMs;
}
