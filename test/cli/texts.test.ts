import { controlText } from '../../cli/audits/control-text';
import { checkEnded } from '../../cli/runs/run-state';
import { endedText, refusedText, unansweredText } from '../../cli/runs/steer-text';
import { workerText, type WorkerStatus } from '../../cli/runs/worker-list';
import { budgetText, spendingText } from '../../cli/terminal/progress-text';

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
  expect(controlText('addBudget', 'kim', { costUsd: 1, calls: 1 })).toBe('budget raised by kim ($1.0000, 1 call)');
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
