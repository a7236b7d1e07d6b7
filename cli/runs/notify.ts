import { spawn } from 'node:child_process';
import { describeError } from '../terminal/user-error';
import type { RunState } from './run-state';

/** What `--notify` is told: why, about which run, and in which words. */
export interface Notice {
  /** `pause`: by a person or a spent budget; `review`: a patch waits; `fault`: something must be mended; `end`: it has ended. */
  event: 'pause' | 'review' | 'fault' | 'end';
  run: string;
  message: string;
}

const limitMs = 30_000;
const attempts = 3;
const betweenMs = 2000;

/** What is worth telling of a run's state; null while it simply runs. */
export function noticeOf(run: string, { phase, status, progress }: RunState): Notice | null {
  switch (phase) {
    case 'running':
      return null;
    case 'ended':
      return { event: 'end', run, message: `Run ${run} has ended; \`skillgrad result ${run} --out DIR\` writes it.` };
    case 'cancelled':
      return { event: 'end', run, message: `Run ${run} was cancelled.` };
    case 'failed':
      return { event: 'fault', run, message: `Run ${run} has ended as ${status}, without a result.` };
    case 'paused': {
      const reason = progress?.pause ?? null;
      if (reason === null) return { event: 'pause', run, message: `Run ${run} is paused.` };
      const event = reason.review ? 'review' : ['user', 'budget.spent'].includes(reason.kind) ? 'pause' : 'fault';
      return { event, run, message: `Run ${run} is paused (${reason.kind}): ${reason.message}` };
    }
    default:
      return phase satisfies never;
  }
}

/**
 * Tells one target of `--notify`: an address gets the notice by POST as JSON; a command runs in a shell, with the notice
 * as JSON on its stdin and in SKILLGRAD_EVENT, SKILLGRAD_RUN and SKILLGRAD_MESSAGE. Never throws: a run doesn't depend on
 * who hears of it. What failed is logged.
 */
export async function notify(
  target: string,
  notice: Notice,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  const isAddress = /^https?:\/\//.test(target);
  for (let attempt = 1; ; attempt++) {
    try {
      await (isAddress ? post(target, notice) : runCommand(target, notice, env));
      log(`  told ${isAddress ? new URL(target).host : 'the command'}`);
      return;
    } catch (error) {
      log(`  ${isAddress ? new URL(target).host : 'the command'} was not told: ${describeError(error)}`);
      // A command that has run may have done its work, so only an address is tried again.
      if (!isAddress || attempt === attempts) return;
    }
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
}

async function post(address: string, notice: Notice): Promise<void> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(notice),
    signal: AbortSignal.timeout(limitMs),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}

function runCommand(command: string, notice: Notice, env: NodeJS.ProcessEnv): Promise<void> {
  const { event, run, message } = notice;
  const child = spawn(command, {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    timeout: limitMs,
    env: { ...env, SKILLGRAD_EVENT: event, SKILLGRAD_RUN: run, SKILLGRAD_MESSAGE: message },
  });
  // A command that doesn't read its stdin closes it: that is its choice.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(`${JSON.stringify(notice)}\n`);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`));
    });
  });
}
