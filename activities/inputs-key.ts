import { seedOf, type PromptName, type RunPlan } from '../records/plan';
import type { Role } from '../records/run-config';
import type { ArtifactRef } from '../records/artifact';
import { canonicalJson, digestOf } from '../store/artifact-store';

/**
 * Journal key of an optimiser's stage: a readable place, and the hash of all that its prompt depends on, so that a
 * stage run again on the same inputs is found done and one with changed inputs starts afresh. The name of the run and
 * the rest of its plan are no part of it: a replay or fork finds what its origin has done.
 */
export function inputsKey(
  place: string,
  role: Role,
  input: { run: string; plan: ArtifactRef; allowance: unknown },
  prompt: PromptName = role,
): (plan: RunPlan) => string {
  return (plan) => {
    const { config, prompts, skillName, training } = plan;
    const { allowance: _allowance, run: _run, plan: _plan, ...inputs } = input;
    const { ablations, edits, guarded } = config;
    const identity = {
      inputs,
      settings: { ablations, edits, guarded },
      // Their values must not get into a skill; and a skill that is written in one go is written from their prompts.
      tasks: { skillName, training },
      provider: config.provider,
      model: config.models[role],
      prompt: prompts[prompt],
      maxTurns: config.maxTurns[role],
      maxAnswerTokens: config.maxAnswerTokens,
      repairRounds: config.repairRounds,
      runSeed: seedOf(plan, role),
    };
    return `${place}-${digestOf(Buffer.from(canonicalJson(identity))).slice(7, 23)}`;
  };
}
