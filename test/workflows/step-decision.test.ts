import { firstControl } from '../../records/control';
import { profiles, RunConfig } from '../../records/run-config';
import type { PatchResult, PreparedRun, Rollout } from '../../records/stages';
import { firstState } from '../../workflows/optimize-state';
import type { Decided } from '../../workflows/review';
import { enterDecision, stopReason } from '../../workflows/step-decision';

const version = (digit: string): string => `sha256:${digit.repeat(64)}`;
const config = (over: Partial<RunConfig>): RunConfig =>
  RunConfig.parse({
    ...profiles.default,
    ...{ benchmark: 'spreadsheetbench', provider: 'simulator:1' },
    models: { executor: 'm', diagnoser: 'm', accumulator: 'm', patcher: 'm' },
    ...over,
  });

/** Goes through steps of two tasks: how many were solved, and whether the patch was accepted; the step that stops. */
function stopsAt(over: Partial<RunConfig>, steps: readonly (readonly [number, boolean])[]): string {
  const settings = config(over);
  const prepared: PreparedRun = {
    ...{ plan: version('1'), skillName: 'skill', seedSkill: version('5'), config: settings },
    ...{ sizes: { training: 8, validation: 8, heldOut: 8 }, excluded: 0, warnings: [] },
  };
  const state = firstState(prepared, firstControl(settings.budget, 0)).epochState;
  for (const [index, [solved, accepted]] of steps.entries()) {
    const rollouts = [0, 1].map((task): Rollout => {
      return { taskId: `task-${task}`, trajectory: version('7'), score: version('8'), solved: task < solved };
    });
    const patch = { status: 'done', patch: version('9'), edits: 1 } as PatchResult & { status: 'done' };
    enterDecision(state, { epoch: 1, config: settings }, rollouts, patch, { accepted } as Decided);
    const reason = stopReason(state, settings, false);
    if (reason !== null) return `${reason} at step ${index + 1}`;
  }
  return 'goes on';
}

describe('a run stops early', () => {
  it('when its patience is used up by steps in a row without an accepted patch', () => {
    const [refused, accepted] = [[0, false] as const, [0, true] as const];
    expect(stopsAt({ patience: 3 }, [refused, refused, accepted, refused, refused, refused])).toBe(
      'patience at step 6',
    );
    expect(
      stopsAt(
        { patience: null },
        Array.from({ length: 30 }, () => refused),
      ),
    ).toBe('goes on');
  });

  it('when four batches in a row are all correct', () => {
    const [right, wrong] = [[2, true] as const, [1, true] as const];
    expect(stopsAt({ allCorrectStop: 4 }, [right, right, right, wrong, right, right, right, right])).toBe(
      'all-correct at step 8',
    );
  });
});
