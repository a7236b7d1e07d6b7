import type { MomentumRecord } from '../records/momentum';

/** One section of a role's user message: a heading and plain data as fenced JSON, in one fixed form. */
export function section(heading: string, value: unknown): string {
  return `## ${heading}\n\n\`\`\`json\n${JSON.stringify(value, null, 1)}\n\`\`\`\n`;
}

/** The record as a prompt shows it: whole, or after overflows its most frequent patterns with short logs. */
export function condenseRecord(record: MomentumRecord, overflows: number): MomentumRecord {
  if (overflows === 0) return record;
  const patterns = record.patterns.slice(0, overflows === 1 ? 20 : 8);
  return {
    ...record,
    patterns: patterns.map((pattern) => ({
      ...pattern,
      description: pattern.description.slice(0, 300),
      remedies: pattern.remedies.slice(-2),
    })),
  };
}
