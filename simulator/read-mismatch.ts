import { z } from 'zod';

/** A mismatch as the diagnoser is sent it. */
export const SentMismatch = z.object({ cell: z.string(), expected: z.string(), got: z.string() });
export type SentMismatch = z.infer<typeof SentMismatch>;

/** A value as far as its short text tells. */
export type SeenValue =
  | { kind: 'blank' }
  | { kind: 'number'; value: number }
  | { kind: 'day'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'uncalculated' };

const isoDay = /^\d{4}-\d{2}-\d{2}([T ][\d:.]+Z?)?$/;

/** Reads the short text of an expected or received value; a leading word for the type and quotes are understood. */
export function seenValue(text: string): SeenValue {
  const trimmed = text.trim();
  if (/^(|""|empty|blank|none|null|nothing|\((empty|blank|none|nothing)\))$/i.test(trimmed)) return { kind: 'blank' };
  if (/\b(uncalculated|no cached value|without a (cached |calculated )?value|not calculated)\b/i.test(trimmed)) {
    return { kind: 'uncalculated' };
  }
  const typed = /^(number|text|string|date-time|datetime|date|boolean|bool)\b[:\s]*(.*)$/is.exec(trimmed);
  const type = typed?.[1]?.toLowerCase();
  const rest = (typed?.[2] ?? trimmed).trim();
  const quoted = /^(["'])(.*)\1$/s.exec(rest);
  const bare = quoted?.[2] ?? rest;
  const isText = quoted !== null || type === 'text' || type === 'string';
  if (!isText && isoDay.test(bare)) return { kind: 'day', text: bare };
  if (!isText && bare !== '' && Number.isFinite(Number(bare))) return { kind: 'number', value: Number(bare) };
  return { kind: 'text', text: bare };
}

/** Sheet, column and row of a cell like `Sheet1!B4`; null where the text is none. */
export function seenPlace(cell: string): { column: string; row: number } | null {
  const match = /^(.*!)?\$?([A-Z]{1,3})\$?(\d+)$/.exec(cell.trim());
  return match === null ? null : { column: `${match[1] ?? ''}${match[2] ?? ''}`, row: Number(match[3]) };
}

/** Whether a text is a spelling of the number: `$1,234.50` of 1234.5. Rounded to cents, as such spellings are. */
export function spellsNumber(text: string, value: number): boolean {
  const core = text.replace(/[^\d.()-]/g, '').replace(/^\((.*)\)$/, '-$1');
  return core !== '' && core !== text && Math.abs(Number(core) - value) < 0.0051;
}

/** Whether a text is an ISO spelling of the value: of a day, or of the serial number of one. */
export function spellsDay(text: string, value: SeenValue): boolean {
  if (!isoDay.test(text)) return false;
  if (value.kind === 'day') return value.text.slice(0, 10) === text.slice(0, 10);
  if (value.kind !== 'number') return false;
  const serial = (Date.parse(`${text.slice(0, 10)}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86_400_000;
  return Math.abs(serial - value.value) <= 1;
}
