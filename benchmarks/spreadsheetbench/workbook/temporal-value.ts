import type { CellValue } from './cell-value';
import { roundHalfEven } from './python-number';

const dayMs = 86_400_000;
/** 1904-01-01 in days since 1899-12-30. */
const macEpochDays = 1462;
/** Year 1 and the end of year 9999, in days since 1899-12-30: beyond them Python has no date. */
const firstDay = -693_593;
const endDay = 2_958_466;
const maxDurationDays = 999_999_999;

const outOfRange: CellValue = { kind: 'error', code: '#VALUE!' };

/** Python's `timedelta(days=serial)`, then cut to milliseconds as openpyxl does. */
function durationOf(serial: number): CellValue {
  if (!Number.isFinite(serial) || Math.abs(serial) > maxDurationDays) return outOfRange;
  const days = Math.trunc(serial);
  const seconds = (serial - days) * 86_400;
  const wholeSeconds = Math.trunc(seconds);
  const micros = roundHalfEven((seconds - wholeSeconds) * 1e6);
  const carried = Math.floor(micros / 1e6);
  const rest = roundHalfEven((micros - carried * 1e6) / 1000);
  return { kind: 'duration', ms: days * dayMs + (wholeSeconds + carried) * 1000 + rest };
}

/**
 * A serial number under a date format, as openpyxl reads it: below one day a time of day, else a date-time; serials
 * below 60 are moved by a day, since Excel believes in 29 February 1900; beyond year 9999 an error `#VALUE!`.
 */
export function fromSerial(serial: number, options: { date1904: boolean; duration: boolean }): CellValue {
  if (options.duration) return durationOf(serial);
  if (!Number.isFinite(serial)) return outOfRange;
  let day = Math.floor(serial);
  const timeMs = roundHalfEven((serial - day) * 86_400 * 1000);
  if (serial >= 0 && serial < 1 && timeMs < dayMs) return { kind: 'time', ms: timeMs };
  if (serial > 0 && serial < 60 && !options.date1904) day += 1;
  const days = day + (options.date1904 ? macEpochDays : 0);
  const ms = days * dayMs + timeMs;
  return ms < firstDay * dayMs || ms >= endDay * dayMs ? outOfRange : { kind: 'datetime', ms };
}

const isoMoment = /^((\d{4})-(\d{2})-(\d{2}))?T?((\d{2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?)?Z?/;
const isoDuration = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?/;

/** Milliseconds since 1899-12-30 of a calendar date, or null where there is no such date. */
export function dateMs(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = year >= 1 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1;
  return real && date.getUTCDate() === day ? date.getTime() - Date.UTC(1899, 11, 30) : null;
}

/** A cell of type `d` (ISO 8601), as openpyxl reads it; null where it refuses the whole file. */
export function fromIso(text: string): CellValue | null {
  const moment = isoMoment.exec(text);
  if (moment && (moment[1] !== undefined || moment[5] !== undefined)) {
    const [hour, minute, second] = [Number(moment[6] ?? 0), Number(moment[7] ?? 0), Number(moment[8] ?? 0)];
    if (hour > 23 || minute > 59 || second > 59) return null;
    const timeMs = ((hour * 60 + minute) * 60 + second) * 1000 + Math.round(Number(moment[9] ?? 0) * 1000);
    if (moment[1] === undefined) return { kind: 'time', ms: timeMs };
    const ms = dateMs(Number(moment[2]), Number(moment[3]), Number(moment[4]));
    if (ms === null) return null;
    return moment[5] === undefined ? { kind: 'date', ms } : { kind: 'datetime', ms: ms + timeMs };
  }
  const duration = isoDuration.exec(text);
  if (!duration || (duration[1] ?? duration[2] ?? duration[3]) === undefined) return null;
  const seconds = Number(duration[1] ?? 0) * 3600 + Number(duration[2] ?? 0) * 60 + Number(duration[3] ?? 0);
  return { kind: 'duration', ms: Math.round(seconds * 1000) };
}
