import { problemsOf } from '../../../agents/diagnoser/check-diagnosis';
import { diagnoseRollout } from '../../../agents/diagnoser/diagnoser';
import type { DiagnosisProposal } from '../../../records/diagnosis';
import { scriptedLoops } from '../scripted-loop';
import { attempt, failure, longTrajectory, turn } from './attempts';

let loops: Awaited<ReturnType<typeof scriptedLoops>>;
beforeAll(async () => (loops = await scriptedLoops()));
afterAll(() => loops.close());

const proposal: DiagnosisProposal = {
  label: 'numbers saved as formatted text',
  cause: 'The script turned the sums into display text.',
  correctApproach: 'When a result is a number, write the number and leave its display to the format.',
  skippedStep: 'verify-the-output',
  robustness: 'not-applicable',
  confidence: 0.8,
  evidence: { turns: [1], mismatches: [0] },
};
const submission = (over: Partial<DiagnosisProposal> = {}) => ({
  name: 'submit_diagnosis',
  arguments: { ...proposal, ...over },
});
const contrast = failure({
  kind: 'contrastive',
  attempt: attempt([turn(1, 'run_code', '{}', '')]),
  earlier: failure().attempt,
});

describe('a diagnosis', () => {
  it('stands when all that it cites is there', () => {
    expect(problemsOf(proposal, failure())).toEqual([]);
    const evidence = { turns: [1], earlierTurns: [2], mismatches: [1] };
    expect(problemsOf({ ...proposal, robustness: 'robust', evidence }, contrast)).toEqual([]);
  });

  it.each<[string, Partial<DiagnosisProposal>, RegExp]>([
    [
      'a turn that is not there',
      { evidence: { turns: [1, 7], mismatches: [] } },
      /no turn 7; the trajectory has the turns 1 to 2/,
    ],
    ['no turn at all', { evidence: { turns: [], mismatches: [0] } }, /cite at least one turn/],
    [
      'a mismatch that is not there',
      { evidence: { turns: [1], mismatches: [2] } },
      /no mismatch 2; there are 2, counted from 0/,
    ],
    [
      'an earlier attempt where there is none',
      { evidence: { turns: [1], earlierTurns: [1], mismatches: [] } },
      /earlierTurns: .* there is none/,
    ],
    ['a robust failure', { robustness: 'robust' }, /say not-applicable/],
    ['a cell address in its label', { label: 'wrong total in D17' }, /"D17" is a value/],
    ['a file name in its label', { label: 'reads Orders.csv as text' }, /"Orders\.csv" is a value/],
    ['a literal of the task in its label', { label: 'sums of north region missing' }, /"North Region" is a value/],
    ['a sheet name in its label', { label: 'totals of Open Orders wrong' }, /"Open Orders" is a value/],
    ['a compared value in its label', { label: 'text like Ware_7 is lost' }, /"Ware_7" is a value/],
  ])('is sent back for %s', (_what, over, problem) => {
    expect(problemsOf({ ...proposal, ...over }, failure()).join('; ')).toMatch(problem);
  });

  it('tells turns and mismatches of the two attempts of a contrast apart', () => {
    const evidence = { turns: [2], earlierTurns: [3], mismatches: [2] };
    expect(problemsOf({ ...proposal, evidence }, contrast)).toEqual([
      'evidence.turns: there is no turn 2; the trajectory has the turns 1 to 1',
      'evidence.earlierTurns: there is no turn 3; the earlier trajectory has the turns 1 to 2',
      'evidence.mismatches: there is no mismatch 2; there are 2 in the earlier score, counted from 0',
      'robustness: say whether the success is robust or lucky',
    ]);
  });
});

describe('the diagnoser', () => {
  it('gets the reason of a refusal, and its mended diagnosis is taken', async () => {
    const wrong = submission({ evidence: { turns: [9], mismatches: [] } });
    const scripted = await loops.loop('diagnoser', [[wrong], [submission()]]);
    const end = await diagnoseRollout(failure(), scripted.loop);
    expect(end).toEqual({ kind: 'diagnosis', proposal });
    expect(scripted.said('tool')).toEqual([expect.stringMatching(/^Refused: evidence\.turns: there is no turn 9/)]);
  });

  it('makes no diagnosis of what can not be mended in three rounds', async () => {
    const scripted = await loops.loop('diagnoser', [[submission({ label: 'wrong total in D17' })]]);
    expect(await diagnoseRollout(failure(), scripted.loop)).toEqual({ kind: 'diagnosis', proposal: null });
    expect(scripted.calls()).toBe(4);
  });

  it('reads on demand what the prompt left out, in parts, while there are turns left to submit in', async () => {
    const input = failure({ attempt: attempt(longTrajectory(400), failure().attempt.score.mismatches) });
    const read = (number: number, more: object = {}) => ({
      name: 'read_turn',
      arguments: { turn: number, attempt: 'this', ...more },
    });
    const evidence = { turns: [3], mismatches: [0] };
    const script = [
      [read(3), read(401)],
      [read(4, { part: 2 }), read(4, { attempt: 'earlier' })],
      [read(5)],
      [submission({ evidence })],
    ];
    const scripted = await loops.loop('diagnoser', script, 4);
    const end = await diagnoseRollout(input, scripted.loop);
    expect(end).toMatchObject({ proposal: { evidence } });
    expect(scripted.said('user')[0]).not.toContain('199 | 2024-03-22');
    expect(scripted.said('tool')).toEqual([
      expect.stringContaining('199 | 2024-03-22 | ACME Ltd | 857.5'),
      'Error: there is no turn 401; that attempt has the turns 1 to 400',
      'Error: turn 4 has 1 part, not 2',
      'Error: there is no earlier attempt; read a turn of "this" one',
      'Error: no turn is left for reading: submit the diagnosis now',
    ]);
  });
});
