import type { PromptName, RunPlan } from '../records/plan';
import type { Role } from '../records/run-config';
import { canonicalJson, digestOf } from '../store/artifact-store';

/**
 * Journal key of an optimiser's stage: a readable place, and the hash of all that its prompt depends on, so that a
 * stage run again on the same inputs is found done and one with changed inputs starts afresh.
 */
export function inputsKey(
  place: string,
  role: Role,
  input: object,
  prompt: PromptName = role,
): (plan: RunPlan) => string {
  return ({ config, prompts }) => {
    const { allowance: _allowance, ...inputs } = input as { allowance?: unknown };
    const identity = {
      inputs,
      provider: config.provider,
      model: config.models[role],
      prompt: prompts[prompt],
      maxTurns: config.maxTurns[role],
      maxAnswerTokens: config.maxAnswerTokens,
      repairRounds: config.repairRounds,
      runSeed: config.seed,
    };
    return `${place}-${digestOf(Buffer.from(canonicalJson(identity))).slice(7, 23)}`;
  };
}
