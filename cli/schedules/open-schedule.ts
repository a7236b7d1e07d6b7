import {
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleSummary,
} from '@temporalio/client';
import { z } from 'zod';
import { readLooks } from '../../activities/looks';
import { ScheduleSettings, type Look } from '../../records/schedule';
import { openStore } from '../../store/artifact-store';
import { connectClient, type ServerAddress } from '../../workers/connection';
import { skillgradHome, type Home } from '../../workers/home';
import type { RunOptions } from '../runs/open-run';
import { chooseServer, findServer } from '../runs/open-server';
import { ensureRunProcesses } from '../runs/run-processes';
import { readRunRecord, writeRunRecord } from '../runs/run-record';
import { terminal, type Output } from '../terminal/output';
import { UserError } from '../terminal/user-error';

/** What a schedule keeps about itself on the server, for lists and for workers. */
export const ScheduleMemo = z.object({
  taskQueue: z.string(),
  origin: z.string(),
  cron: z.array(z.string()),
  timezone: z.string(),
});
export type ScheduleMemo = z.infer<typeof ScheduleMemo>;

/** A schedule on its server, connected. */
export interface OpenSchedule {
  name: string;
  home: Home;
  output: Output;
  client: Client;
  server: ServerAddress;
  handle: ScheduleHandle;
  description: ScheduleDescription;
  settings: ScheduleSettings;
  memo: ScheduleMemo;
}

/**
 * Finds a schedule and hands it to `work`; starts nothing.
 *
 * @throws UserError when there is none of this name, or the server isn't up
 */
export async function withSchedule<T>(
  name: string,
  options: RunOptions,
  work: (open: OpenSchedule) => Promise<T>,
): Promise<T> {
  const home = skillgradHome();
  const server = await findServer(chooseServer(options, process.env), home, process.env);
  const { client, connection } = await connectClient(server);
  try {
    const handle = client.schedule.getHandle(name);
    const description = await handle.describe().catch((error: unknown) => {
      if (error instanceof ScheduleNotFoundError) throw unknownSchedule(name);
      throw error;
    });
    if (description.action.workflowType !== 'reevaluate') throw unknownSchedule(name);
    const settings = ScheduleSettings.parse(description.action.args?.[0]);
    const memo = ScheduleMemo.parse(description.memo);
    return await work({
      ...{ name, home, output: terminal(options), client, server, handle, description, settings, memo },
    });
  } finally {
    await connection.close();
  }
}

function unknownSchedule(name: string): UserError {
  return new UserError(`There is no schedule "${name}" on this server. \`skillgrad schedule list\` shows them.`);
}

/** The looks that a schedule has kept in the store, the first one first. */
export async function looksOf({ home, settings }: Pick<OpenSchedule, 'home' | 'settings'>): Promise<Look[]> {
  return readLooks(await openStore(home.store), settings.series);
}

/**
 * Starts what the looks need on this machine, as the delivery had it.
 *
 * @returns false where this machine didn't start the run that the skill comes from: its worker is somebody else's
 */
export async function ensureServed(
  { home, server, output }: Pick<OpenSchedule, 'home' | 'server' | 'output'>,
  origin: string,
): Promise<boolean> {
  const record = await readRunRecord(home, origin);
  if (record === null) {
    output.note(`Run ${origin} was not started from ${home.root}: keep a \`skillgrad worker\` up for its endpoint.`);
    return false;
  }
  await ensureRunProcesses(home, record, server, process.env, output);
  return true;
}

/** Lets `resume` and `watch` find the processes of a run that a schedule has started: those of the delivery. */
export async function adoptRun(home: Home, origin: string, run: string): Promise<void> {
  const record = await readRunRecord(home, origin);
  if (record === null || (await readRunRecord(home, run)) !== null) return;
  await writeRunRecord(home, { ...record, run, startedAt: new Date().toISOString() });
}

/** When a schedule acts, for people. */
export function timesText({ cron, timezone }: ScheduleMemo, { state, info }: Pick<ScheduleSummary, 'state' | 'info'>) {
  const next = info.nextActionTimes[0];
  const when = `"${cron.join('", "')}" ${timezone}`;
  return state.paused ? `${when}, paused` : `${when}${next === undefined ? '' : `, next ${next.toISOString()}`}`;
}
