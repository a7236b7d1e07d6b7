import { withRunName } from '../terminal/progress-text';
import type { Steer } from './steer-run';

type Update = Steer['update'];

/** What can't be had, by what was asked for. */
const denials: Record<Update, (run: string) => string> = {
  pause: (run) => `Run ${run} can't be paused`,
  resume: (run) => `Run ${run} can't go on`,
  stop: (run) => `Run ${run} can't be stopped`,
  cancel: (run) => `Run ${run} can't be cancelled`,
  addBudget: (run) => `The budget of run ${run} can't be raised`,
  set: (run) => `The settings of run ${run} can't be changed`,
  rewound: (run) => `The rewind of run ${run} can't be completed`,
  approve: (run) => `The patch of run ${run} can't be approved`,
  reject: (run) => `The patch of run ${run} can't be rejected`,
  edit: (run) => `The patch of run ${run} can't be replaced`,
};

const ends: Record<string, string> = {
  COMPLETED: 'it has ended',
  CANCELLED: 'it was cancelled',
  FAILED: 'it has failed',
  TERMINATED: 'it was terminated',
  TIMED_OUT: 'it has run out of time',
};

/** Said where a run has ended; `status` is Temporal's word for it. */
export function endedText(run: string, update: Update, status: string): string {
  return `${denials[update](run)}: ${ends[status] ?? 'it has ended'}. \`skillgrad status ${run}\` says what it came to.`;
}

/** Said where the run itself refuses, with its reason. */
export function refusedText(run: string, update: Update, reason: string): string {
  const text = `${denials[update](run)}: ${withRunName(reason, run).replace(/\.$/, '')}.`;
  const isReview = update === 'approve' || update === 'reject' || update === 'edit';
  return isReview ? `${text} \`skillgrad review ${run}\` shows what waits.` : text;
}

/** Said where no worker answers, before anything is sent. */
export function unansweredText(run: string, update: Update): string {
  return (
    `${denials[update](run)}: no worker answers for it. Nothing was sent. ` +
    `\`skillgrad resume ${run}\` starts server and worker again; give the command anew then.`
  );
}

/** Said where no worker has taken up in time what was sent. */
export function untakenText(run: string, update: Update, limitMs: number): string {
  return (
    `${denials[update](run)} yet: it was asked for, but no worker has taken that up within ${limitMs / 1000} s, and it ` +
    `may still take effect. \`skillgrad resume ${run}\` starts server and worker again; look at ` +
    `\`skillgrad status ${run}\` before you give the command anew.`
  );
}
