import { createHash, randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { closeSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Home } from './home';
import { withLock } from './lock';
import { openLog } from './open-log';
import { endProcess, identify, isAlive, ProcessIdentity } from './process-identity';
import { readState, writeState } from './state-file';
import { waitingFor, type Report } from './waiting';

/** A detached process of ours, as its starter recorded it in `run/<name>.json`. */
export const ProcessRecord = ProcessIdentity.extend({
  name: z.string(),
  log: z.string(),
  /** Salted digest of what it was started with: another digest asks for another process. Holds no secret. */
  fingerprint: z.string(),
});
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** What a process says of itself once it can be used, in `run/<name>.ready.json`; `details` as it likes (a URL). */
const ReadyNote = z.object({ pid: z.number().int(), details: z.record(z.string(), z.string()) });

export interface ProcessSpec {
  /** File name in `run/` and `logs/`; tells the process who it is, as `SKILLGRAD_PROCESS`. */
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** What decides whether a running process will do: equal text, equal process. May hold secrets. */
  identity: string;
}

export interface StartedProcess {
  record: ProcessRecord;
  details: Record<string, string>;
  /** It already ran. */
  attached: boolean;
}

const readyLimitMs = 120_000;

/**
 * Attaches to the process of this name if it runs and was started with the same identity; else stops it and starts a new
 * one, detached, with its output in `logs/<name>.log`, and waits until it has called `announceReady`.
 *
 * @throws an Error with the end of its log when it ends or stays silent instead
 */
export async function ensureProcess(home: Home, spec: ProcessSpec, report: Report): Promise<StartedProcess> {
  return withLock(join(home.processes, `${spec.name}.lock`), async () => {
    const running = await readProcess(home, spec.name);
    if (running !== null) {
      const salt = running.fingerprint.split(':')[0] ?? '';
      const note = await readyNote(home, running);
      if (running.fingerprint === fingerprint(salt, spec.identity) && note !== null) {
        return { record: running, details: note.details, attached: true };
      }
      await endProcess(running);
    }
    await rm(notePath(home, spec.name), { force: true });
    const record = await launch(home, spec);
    const details = await waitingFor(report, `${spec.name} gets ready`, untilReady(home, record));
    return { record, details, attached: false };
  });
}

/** Called by a process that was started with `ensureProcess`; does nothing in one that was not. */
export async function announceReady(home: Home, details: Record<string, string>): Promise<void> {
  const name = process.env['SKILLGRAD_PROCESS'];
  if (name) await writeState(notePath(home, name), { pid: process.pid, details });
}

/** Called by a process that was told to end: whoever needs one from now on waits for its end and starts another. */
export function withdrawReady(home: Home): void {
  const name = process.env['SKILLGRAD_PROCESS'];
  if (name) rmSync(notePath(home, name), { force: true });
}

/** The process of this name, null when it doesn't run. */
export async function readProcess(home: Home, name: string): Promise<ProcessRecord | null> {
  const record = await readState(join(home.processes, `${name}.json`), ProcessRecord);
  return record !== null && isAlive(record) ? record : null;
}

/** All our detached processes that run. */
export async function listProcesses(home: Home): Promise<ProcessRecord[]> {
  const names = await readdir(home.processes).catch(() => []);
  const records = await Promise.all(
    names
      .filter((name) => name.endsWith('.json') && !name.endsWith('.ready.json'))
      .map((name) => readProcess(home, name.slice(0, -'.json'.length))),
  );
  return records.filter((record) => record !== null);
}

/** Ends a process by SIGTERM (SIGKILL after 15 s); false when it didn't run. */
export async function stopProcess(home: Home, name: string): Promise<boolean> {
  return endProcess(await readProcess(home, name), 15_000);
}

async function launch(home: Home, spec: ProcessSpec): Promise<ProcessRecord> {
  await mkdir(home.logs, { recursive: true });
  const path = join(home.logs, `${spec.name}.log`);
  const log = openLog(path);
  const child = spawn(spec.command, spec.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...spec.env, SKILLGRAD_PROCESS: spec.name },
    cwd: home.root,
  });
  closeSync(log);
  child.unref();
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new Error(`${spec.name} could not be started: ${spec.command} cannot be run.`);
  const salt = randomBytes(8).toString('hex');
  const record = {
    ...identify(child.pid),
    name: spec.name,
    log: path,
    fingerprint: fingerprint(salt, spec.identity),
  };
  await writeState(join(home.processes, `${spec.name}.json`), record);
  return record;
}

async function untilReady(home: Home, record: ProcessRecord): Promise<Record<string, string>> {
  const deadlineMs = Date.now() + readyLimitMs;
  for (;;) {
    const note = await readyNote(home, record);
    if (note !== null) return note.details;
    const alive = isAlive(record);
    if (!alive || Date.now() > deadlineMs) {
      const log = (await readFile(record.log, 'utf8').catch(() => '')).trim().split('\n').slice(-8).join('\n');
      const what = alive ? `was not ready within ${readyLimitMs / 1000} s` : 'ended before it was ready';
      throw new Error(`${record.name} (pid ${record.pid}) ${what}; its log ${record.log} ends with:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function readyNote(home: Home, record: ProcessRecord): Promise<z.infer<typeof ReadyNote> | null> {
  const note = await readState(notePath(home, record.name), ReadyNote);
  return note?.pid === record.pid ? note : null;
}

function notePath(home: Home, name: string): string {
  return join(home.processes, `${name}.ready.json`);
}

function fingerprint(salt: string, identity: string): string {
  return `${salt}:${createHash('sha256').update(`${salt}\0${identity}`).digest('hex')}`;
}
