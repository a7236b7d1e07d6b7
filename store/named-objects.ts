import { z } from 'zod';
import { ArtifactRef } from '../records/artifact';
import { CallIntent, Claim, Ending, JournaledAnswer, JournaledTurn, VoidedCall } from './journal-entries';
import { Quarantine, Release } from './quarantine';
import { WorkerDeath } from './worker-deaths';

const journalEntries: [RegExp, z.ZodType][] = [
  [/^claim-\d{6}$/, Claim],
  [/^call-\d{6}-\d{6}$/, CallIntent],
  [/^void-\d{6}-\d{6}$/, VoidedCall],
  [/^answer-\d{6}$/, JournaledAnswer],
  [/^turn-\d{6}$/, JournaledTurn],
  [/^ending$/, Ending],
];
const Result = z.object({ result: ArtifactRef });
const Cancelled = z.object({ cancelled: ArtifactRef });

/** What a named object must look like: null for a kind that this version doesn't know. */
function schemaOf(name: string): z.ZodType | null {
  const parts = name.split('/');
  if (parts[0] === 'runs' && parts[2]?.startsWith('result-')) return Result;
  if (parts[0] === 'runs' && parts[2]?.startsWith('cancelled-')) return Cancelled;
  if (parts[0] === 'deaths') return WorkerDeath;
  if (parts[0] === 'quarantine') return parts[3]?.startsWith('entry-') ? Quarantine : Release;
  if (parts[0] !== 'journal') return null;
  return journalEntries.find(([pattern]) => pattern.test(parts.at(-1) ?? ''))?.[1] ?? null;
}

/** What is wrong with a named object, null if nothing is. */
export function problemOfName(name: string, bytes: Buffer): string | null {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return `expected JSON, got ${bytes.length} bytes that are none`;
  }
  const parsed = schemaOf(name)?.safeParse(value);
  if (parsed === undefined || parsed.success) return null;
  const issue = parsed.error.issues[0];
  return `unexpected shape: ${issue?.path.join('.')}: ${issue?.message}`;
}
