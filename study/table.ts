import { signed } from '../records/differences';
import type { Estimate } from './statistics';
import type { SummaryRow } from './summary';

const points = (share: number): string => (Math.round(share * 1000) / 10).toFixed(1);
const signedPoints = (difference: number): string => signed(difference, points);

function interval(value: Estimate | null): string {
  if (value === null) return '';
  if (value.low === null || value.high === null) return signedPoints(value.mean);
  return `${signedPoints(value.mean)} [${signedPoints(value.low)}, ${signedPoints(value.high)}]`;
}

const columns: readonly [string, (row: SummaryRow) => string][] = [
  ['setting', ({ setting }) => setting],
  ['seeds', ({ seeds }) => String(seeds)],
  ['start', ({ start }) => points(start)],
  ['final', ({ final }) => points(final)],
  ['gain [95 %]', ({ gain }) => interval(gain)],
  ['worst', ({ worst }) => signedPoints(worst)],
  ['below start', ({ below }) => String(below)],
  ['full ahead by [95 %]', ({ fullAhead }) => interval(fullAhead)],
  ['sampled gain [95 %]', ({ sampledGain }) => interval(sampledGain)],
  ['validation gain [95 %]', ({ validationGain }) => interval(validationGain)],
  ['claim a gain', ({ claims }) => String(claims)],
  ['changed', ({ changed }) => String(changed)],
  ['accepted', ({ accepted, steps }) => `${accepted} of ${steps}`],
];

/**
 * The table of a study in Markdown, one for each world, padded so that it reads in a terminal too. Rates in percent,
 * exact ones unless called sampled or measured on validation tasks.
 */
export function studyTable(rows: readonly SummaryRow[]): string {
  const worlds = [...new Set(rows.map(({ world }) => world))];
  return worlds
    .map((world) => {
      const cells = rows.filter((row) => row.world === world).map((row) => columns.map(([, show]) => show(row)));
      const widths = columns.map(([title], at) =>
        Math.max(title.length, ...cells.map((row) => (row[at] ?? '').length)),
      );
      const line = (row: readonly string[]): string =>
        `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
      const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
      return [`### World \`${world}\``, '', line(columns.map(([title]) => title)), rule, ...cells.map(line)].join('\n');
    })
    .join('\n\n');
}
