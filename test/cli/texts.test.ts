import { controlText } from '../../cli/audits/control-text';
import { checkEnded } from '../../cli/runs/run-state';
import { endedText, refusedText, unansweredText } from '../../cli/runs/steer-text';
import { workerText, type WorkerStatus } from '../../cli/runs/worker-list';
import { budgetText, pauseText, progressLine, spendingText, stepLine } from '../../cli/terminal/progress-text';
import type { Progress, StepSummary } from '../../records/progress';
import { details } from '../../workflows/details';
import { userPause } from '../../workflows/pause-reasons';

describe('what a run cannot be told', () => {
  it('is said in a sentence, with the cause and what helps', () => {
    expect(endedText('r1', 'cancel', 'COMPLETED')).toMatch(
      /^Run r1 can't be cancelled: it has ended\. `skillgrad status r1`/,
    );
    expect(endedText('r1', 'pause', 'CANCELLED')).toMatch(/^Run r1 can't be paused: it was cancelled\./);
    expect(refusedText('r1', 'approve', 'the candidate a is stale: b waits for a review')).toBe(
      "The patch of run r1 can't be approved: the candidate a is stale: b waits for a review. `skillgrad review r1` shows what waits.",
    );
    expect(refusedText('r1', 'set', "budget can't change: use `skillgrad budget RUN`.")).toBe(
      "The settings of run r1 can't be changed: budget can't change: use `skillgrad budget r1`.",
    );
    expect(unansweredText('r1', 'addBudget')).toMatch(
      /^The budget of run r1 can't be raised: .*Nothing was sent\. `skillgrad resume r1`/,
    );
  });

  it('tells a run that goes on from one that has failed', () => {
    const check = (name: 'RUNNING' | 'FAILED') => () => checkEnded({ workflowId: 'r1', status: { name, code: 1 } });
    expect(check('RUNNING')).toThrow(/^Run r1 has not ended yet\..*`skillgrad watch r1`.*`skillgrad stop r1`/);
    expect(check('FAILED')).toThrow(/^Run r1 has ended as FAILED, without a result/);
  });
});

describe('a silent worker', () => {
  const worker = (id: string, condition: WorkerStatus['condition'], running: number): WorkerStatus => ({
    ...{ id, condition, running, host: 'there', pid: 7, lastHeartbeat: '', lastHeartbeatMsAgo: 20_000 },
  });

  it('leaves its activities to others only where there are any', () => {
    const [one, none, other] = [worker('a', 'silent', 1), worker('a', 'silent', 0), worker('b', 'serving', 2)];
    expect(workerText(one, [one, other])).toMatch(/Other workers take over the 1 activity that it had$/);
    expect(workerText(one, [one])).toMatch(/The 1 activity that it had waits for a worker$/);
    expect(workerText(none, [none])).toMatch(/its machine is away$/);
  });
});

it('tells in an audit what somebody has told a run, in words', () => {
  expect(controlText('addBudget', 'kim', { costUsd: 1, calls: 1 })).toBe('budget raised by kim ($1.00, 1 call)');
  expect(controlText('set', 'kim', { change: { edits: { first: 4, last: 2, schedule: 'cosine' }, rpm: 5 } })).toBe(
    'settings changed by kim (edits 4:2:cosine, rpm 5)',
  );
  expect(controlText('rewound', 'kim', { discarded: { calls: 38, tokens: 900, costUsd: 0.5 }, recall: 'x' })).toBe(
    'rewind completed by kim (given up: 38 calls · 900 tokens · $0.5000)',
  );
  const candidate = `sha256:${'a'.repeat(64)}`;
  expect(controlText('approve', 'kim', { candidate })).toBe('patch approved by kim (candidate aaaaaaaaaaaa)');
  expect(controlText('pause', 'kim', {})).toBe('paused by kim');
});

it('counts one of a thing as one', () => {
  expect(spendingText({ calls: 1, tokens: 20, costUsd: null })).toBe('1 call · 20 tokens · cost unknown');
  expect(budgetText({ costUsd: null, calls: 1, tokens: null, hours: 1 })).toBe('1 call, 1 hour of work');
});

const progress: Progress = {
  ...{
    run: 'r1',
    stage: 'execute',
    epoch: 2,
    epochs: 2,
    step: 1,
    steps: 2,
    stepOfRun: 3,
    tasks: 0,
    tasksDone: 0,
    solved: 0,
  },
  ...{
    spending: { calls: 86, tokens: 9000, costUsd: 0.1382 },
    currentSkill: null,
    pause: null,
    child: null,
    history: [],
  },
  ...{ warnings: [], quarantined: [], settings: [] },
};

describe('where a run is', () => {
  it('is told with the number of the step in the run, and with the caps where there is room', () => {
    const caps = { costUsd: 6, calls: 500, tokens: null, hours: 2 };
    const wide = progressLine({ ...progress, caps }, 61_000, Infinity);
    expect(wide).toBe(
      '1:01 · epoch 2/2 · step 3 (1/2 of the epoch) · execute · 86 of 500 calls · 9000 tokens · $0.1382 of $6.00 · 2 hours of work at most',
    );
    expect(progressLine({ ...progress, caps }, 61_000, 90)).toMatch(/· 9000 tokens · \$0\.1382$/);
    expect(progressLine({ ...progress, epoch: 1, step: 2, stepOfRun: 2 }, 0, Infinity)).toMatch(
      / step 2\/2 · .* 86 calls /,
    );
    expect(details(progress, [])).toContain('| step | 3 (1 of 2 in the epoch) |');
  });

  it('says who paused it, when and why, beside what it waits on anyway', () => {
    const paused = userPause({ pausedBy: { by: 'kim@desk', note: 'a new key', atMs: Date.UTC(2026, 0, 2, 10, 5) } });
    expect(pauseText(paused, 'r1')).toBe(
      'paused (user): since 2026-01-02 10:05 UTC by kim@desk ("a new key"). `skillgrad resume r1` goes on',
    );
    const review = { kind: 'review.waiting', message: 'a patch waits', fix: '`skillgrad review RUN` shows it' };
    expect(pauseText({ ...review, also: `paused ${paused.message}: ${paused.fix}` }, 'r1')).toMatch(
      /^paused \(review\.waiting\): a patch waits\. .*\. Also paused since .* by kim@desk \("a new key"\): `skillgrad resume r1` goes on$/,
    );
  });
});

it('says what a person made of a patch that the gate had accepted', () => {
  const verdict = {
    accepted: true,
    candidateSolved: 2,
    currentSolved: 1,
    tasks: 4,
    wins: 1,
    losses: 0,
    reason: 'ahead',
  };
  const step = {
    epoch: 1,
    step: 1,
    tasks: 2,
    solved: 0,
    edits: 4,
    patch: 'p',
    verdict,
    skill: 's',
  } as unknown as StepSummary;
  const left = { ...step, accepted: false, review: { action: 'reject', by: 'kim', note: 'too narrow' } as const };
  expect(stepLine(left)).toMatch(/; 4 edits accepted: 2 against 1 of 4 at the gate; rejected by kim \(too narrow\)$/);
  const stopped = { action: 'reject', by: null, note: 'the run was told to stop before the review' } as const;
  expect(stepLine({ ...left, verdict: null, edits: 1, review: stopped })).toMatch(
    /; 1 edit not accepted; left out, as the run was told to stop before the review$/,
  );
  expect(details({ ...progress, history: [left] }, [])).toContain(
    '4 edits accepted (2 against 1 of 4); rejected by kim',
  );
});
