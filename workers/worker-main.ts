import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { z } from 'zod';
import { entryPoint } from './entry-point';
import { skillgradHome } from './home';
import { announceReady, withdrawReady } from './processes';
import { writeState } from './state-file';
import { workerPaths, type WorkerExit } from './worker-record';

/** A worker that dies within this time of its start hardly served anybody. */
const youngMs = 10_000;
const longestPauseMs = 30_000;

/** What a worker says once it serves. */
const Ready = z.record(z.string(), z.string());

/**
 * The supervisor of a worker: keeps one worker process running until that ends well or is told to end. A worker that
 * crashes is started again, and what its supervisor saw of its end is noted for the one that takes over.
 */
async function supervise(): Promise<number> {
  const home = skillgradHome();
  let child: ChildProcess | null = null;
  let stopping = false;
  // A terminal's Ctrl-C reaches the worker by itself; it takes a second word for the same one.
  const stop = (): void => {
    stopping = true;
    withdrawReady(home);
    child?.kill('SIGTERM');
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);

  let failures = 0;
  for (let starts = 1; ; starts += 1) {
    const startedMs = Date.now();
    const id = `${hostname().replace(/[^\w.-]/g, '-')}-${process.pid}-${randomBytes(4).toString('hex')}`;
    let served = false;
    const scratch = await mkdtemp(join(tmpdir(), 'skillgrad-worker-'));
    child = startWorker({ SKILLGRAD_WORKER_ID: id, SKILLGRAD_SCRATCH: scratch }, (details) => {
      served = true;
      if (stopping) return;
      void announceReady(home, details).catch(complain);
    });
    const { code, signal } = await endOf(child);
    // A worker that was killed leaves its temporary files; sandboxes of it may be about to end.
    await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(complain);
    if (code === 0) return 0;
    const exit: WorkerExit = { signal, code, at: new Date().toISOString() };
    const { folder, exit: note } = workerPaths(home.store, id);
    if (existsSync(folder)) await writeState(note, exit).catch(complain);
    if (stopping || (!served && starts === 1)) return code ?? 1;
    const livedMs = Date.now() - startedMs;
    failures = livedMs < youngMs ? failures + 1 : 0;
    const pauseMs = failures === 0 ? 0 : Math.min(longestPauseMs, 100 * 2 ** failures);
    complain(
      `the worker ended after ${livedMs} ms (${signal ?? `exit code ${code}`}); starting it again in ${pauseMs} ms`,
    );
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (stopping) return 0;
  }
}

function startWorker(env: NodeJS.ProcessEnv, onReady: (details: Record<string, string>) => void): ChildProcess {
  const { command, args } = entryPoint(join(dirname(__filename), 'worker-process'));
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  child.on('message', (message) => onReady(Ready.parse(message)));
  return child;
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function complain(what: unknown): void {
  console.error(`${new Date().toISOString()} ${what instanceof Error ? what.message : String(what)}`);
}

supervise().then(
  (code) => process.exit(code),
  (error: unknown) => {
    complain(error);
    process.exit(1);
  },
);
