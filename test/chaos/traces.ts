import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { temporal } from '@temporalio/proto';
import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { Trajectory } from '../../records/trajectory';
import { addSpending, noSpending, toNanoUsd, type Spending } from '../../records/usage';
import { CallIntent, Ending, JournaledAnswer, JournaledTurn } from '../../store/journal-entries';
import { canonicalJson } from '../../store/artifact-store';
import { whileAway } from '../../workers/connection';
import type { Deployment } from '../end-to-end/deployment';

/** What a run's tasks, diagnoses and scores came to, by what they were about; equal in runs of equal inputs. */
export type Traces = Map<string, string>;

const ended = z.object({ trajectory: ArtifactRef.optional(), diagnosis: ArtifactRef.nullable().optional() });

function parsed<Schema extends z.ZodType>(schema: Schema, file: string): z.output<Schema> {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** What a model lived through in a rollout: all of it but times, and the work directory, whose workbooks hold times. */
function lived({ turns, outcome, answer, disclosed }: Trajectory): string {
  const without = turns.map(({ durationMs: _duration, sandboxMs: _sandbox, ...turn }) => turn);
  return canonicalJson({ turns: without, outcome, answer, disclosed });
}

type Events = temporal.api.history.v1.IHistoryEvent[];

/** Verdicts of the activity `score` in a history, by the trajectory that they are about. */
function verdictsIn(events: Events): Map<string, string> {
  const json = (payloads: temporal.api.common.v1.IPayloads | null | undefined): unknown =>
    JSON.parse(Buffer.from(payloads?.payloads?.[0]?.data ?? []).toString());
  const scheduled = new Map<string, string>();
  const verdicts = new Map<string, string>();
  for (const event of events) {
    const { activityTaskScheduledEventAttributes: begun, activityTaskCompletedEventAttributes: done } = event;
    if (begun?.activityType?.name === 'score') {
      scheduled.set(String(event.eventId), (json(begun.input) as { trajectory: string }).trajectory);
    }
    const trajectory = scheduled.get(String(done?.scheduledEventId));
    if (done && trajectory !== undefined) verdicts.set(trajectory, canonicalJson(json(done.result)));
  }
  return verdicts;
}

async function verdictsOf({ client }: Deployment, run: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowId STARTS_WITH "${run}"` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const [trajectory, verdict] of verdictsIn(events ?? [])) found.set(trajectory, verdict);
  }
  return found;
}

/** Reads what a finished run's rollouts, scores and diagnoses came to. */
export async function tracesOf(deployment: Deployment, run: string): Promise<Traces> {
  const { store } = deployment;
  const folder = join(store.root, 'named', 'journal', run);
  const verdicts = await whileAway(() => verdictsOf(deployment, run));
  const traces: Traces = new Map();
  for (const key of readdirSync(folder)) {
    if (!readdirSync(join(folder, key)).includes('ending')) continue;
    const { trajectory, diagnosis } = ended.parse(parsed(Ending, join(folder, key, 'ending')).result);
    if (trajectory !== undefined) {
      traces.set(key, lived(await store.getJson(Trajectory, trajectory)));
      const verdict = verdicts.get(trajectory);
      if (verdict !== undefined) traces.set(`score of ${key}`, verdict);
    }
    // The rest of the key is a digest of inputs, trajectories with their times among them.
    if (diagnosis !== undefined) traces.set(/^diagnose-s\d+-d\d+/.exec(key)?.[0] ?? key, diagnosis ?? 'none');
  }
  return traces;
}

const shownAround = 120;

/** Where two texts part, with what is around it in each. */
function parting(undisturbed: string, disturbed: string): string {
  let at = 0;
  while (at < undisturbed.length && undisturbed[at] === disturbed[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - shownAround), at + shownAround);
  return `undisturbed …${around(undisturbed)}…, disturbed …${around(disturbed)}…`;
}

/**
 * What rollouts, scores and diagnoses of a disturbed run differ from those of the undisturbed one, and those that only
 * one of them has: faults that became a failed task, a diagnosis or a score would be among them.
 */
export function differing(undisturbed: Traces, disturbed: Traces): string[] {
  const keys = new Set([...undisturbed.keys(), ...disturbed.keys()]);
  return [...keys].sort().flatMap((key) => {
    const [expected, found] = [undisturbed.get(key), disturbed.get(key)];
    return expected === found ? [] : [`${key}: ${parting(expected ?? 'none', found ?? 'none')}`];
  });
}

/** What a run's calls took whose answers never became durable, each at its bound, as the product settles them. */
export function lostSpending({ store }: Deployment, run: string): Spending {
  const folder = join(store.root, 'named', 'journal', run);
  let lost = noSpending;
  for (const key of readdirSync(folder)) {
    const entries = readdirSync(join(folder, key)).filter((name) => !name.endsWith('.tmp'));
    const all = <Schema extends z.ZodType>(schema: Schema, beginning: string): z.output<Schema>[] =>
      entries.filter((name) => name.startsWith(beginning)).map((name) => parsed(schema, join(folder, key, name)));
    const paid = [
      ...all(JournaledTurn, 'turn-').map(({ paidBy, turn }) => `${turn.turn}/${paidBy}`),
      ...all(JournaledAnswer, 'answer-').map(({ claim, turn }) => `${turn}/${claim}`),
    ];
    for (const name of entries.filter((entry) => entry.startsWith('call-'))) {
      const { turn, claim, bound } = parsed(CallIntent, join(folder, key, name));
      if (entries.includes(name.replace('call-', 'void-')) || paid.includes(`${turn}/${claim}`)) continue;
      lost = addSpending(lost, bound);
    }
  }
  return lost;
}

/** What a run spent on calls whose answers it got. */
export function withoutLost(spending: Spending, lost: Spending): Spending {
  const costUsd =
    spending.costUsd === null || lost.costUsd === null ? null : toNanoUsd(spending.costUsd - lost.costUsd);
  return { calls: spending.calls - lost.calls, tokens: spending.tokens - lost.tokens, costUsd };
}
