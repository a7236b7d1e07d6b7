/** A header may ask for a day or for centuries: beyond this a run asks again (it has paused long before). */
const longestMs = 3_600_000;

/**
 * How long a provider asks to wait, in milliseconds; null when it doesn't say. Read from `retry-after-ms`,
 * `Retry-After` (seconds or an HTTP date), Google's `retryDelay`, and OpenAI's "try again in 1.5s".
 *
 * @param body the text of the error
 * @param nowMs wall-clock time that an HTTP date is compared with
 */
export function retryAfter(headers: Headers, body: string, nowMs: number = Date.now()): number | null {
  const waits = [
    number(headers.get('retry-after-ms'), 1),
    seconds(headers.get('retry-after'), nowMs),
    number(/"retryDelay":\s*"([\d.]+)s"/.exec(body)?.[1], 1000),
    spoken(body),
  ];
  const wait = waits.find((ms) => ms !== null) ?? null;
  return wait === null ? null : Math.ceil(Math.min(Math.max(wait, 0), longestMs));
}

function seconds(value: string | null, nowMs: number): number | null {
  const asNumber = number(value, 1000);
  if (asNumber !== null || value === null) return asNumber;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : date - nowMs;
}

function spoken(body: string): number | null {
  const match = /try again in (?:(\d+)m(?!s))?(?:([\d.]+)(ms|s))?/i.exec(body);
  if (!match || (match[1] === undefined && match[2] === undefined)) return null;
  const rest = Number(match[2] ?? 0) * (match[3] === 'ms' ? 1 : 1000);
  return Number(match[1] ?? 0) * 60_000 + rest;
}

function number(value: string | null | undefined, unitMs: number): number | null {
  if (value === null || value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return null;
  return Number(value) * unitMs;
}
