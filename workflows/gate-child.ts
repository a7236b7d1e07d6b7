import type { ArtifactRef } from '../records/artifact';
import type { GateVerdict } from '../records/gate';
import type { EpochInput, EpochState } from '../records/workflows';
import { addSpending } from '../records/usage';
import { runChild } from './child';
import { evaluate } from './evaluate';
import type { Steering } from './steering';
import { decide } from './validation-gate';

/**
 * Compares the candidate with the current version on validation tasks. A candidate's own measurements never serve as
 * its baseline once it is accepted: each accepted version moves on to the next sample numbers. A refused candidate leaves
 * the current version's measurements as they are, and they are not paid for again. There is no verdict when the run was told
 * to stop and could not pay for one.
 */
export async function validationGate(
  input: EpochInput,
  steering: Steering,
  state: EpochState,
  candidate: ArtifactRef,
  workflowId: string,
): Promise<GateVerdict | null> {
  const { config, run, plan, searchable } = input;
  const none = decide(config.gate, [], 0);
  if (config.gate.policy === 'none' && none !== 'undecided') return none;
  // A run that was prepared before there was such a setting, and goes on after an upgrade, has one sample.
  const gateSamples = config.gateSamples ?? 1;
  const samplesOf = (skill: ArtifactRef) =>
    Array.from({ length: gateSamples }, (_, index) => ({ skill, sample: state.accepted * gateSamples + 1 + index }));
  const result = await runChild(
    steering,
    evaluate,
    { workflowId, staticSummary: `gate of step ${state.step}: candidate ${candidate.slice(7, 15)}` },
    {
      run,
      plan,
      concurrency: steering.concurrency(),
      searchable,
      purpose: 'gate',
      pool: 'validation',
      tasks: input.validationTasks,
      arms: [...samplesOf(candidate), ...samplesOf(state.skill)],
      stop: { kind: 'gate', gate: config.gate },
      control: steering.control,
      spentBefore: addSpending(input.spentBefore, steering.spending),
      answeredBefore: steering.answered,
    },
  );
  steering.settle(result.gathered);
  return result.verdict;
}
