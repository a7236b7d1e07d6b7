import type { ArtifactRef } from '../../records/artifact';
import { seedOf, type RunPlan } from '../../records/plan';
import { canonicalJson, digestOf } from '../../store/artifact-store';

/** Bumped when the executor's tools change what they say or do, so that older rollouts aren't taken for newer ones. */
const toolsVersion = 1;

/**
 * Journal key of a rollout: everything that its trajectory depends on, hashed. The same rollout asked for twice in a
 * run (by base, training, gate or evaluation) is executed once.
 */
export function rolloutKey(plan: RunPlan, task: ArtifactRef, skill: ArtifactRef | null, sample: number): string {
  const { config } = plan;
  const identity = {
    provider: config.provider,
    model: config.models.executor,
    maxAnswerTokens: config.maxAnswerTokens,
    prompt: plan.prompts.executor,
    tools: toolsVersion,
    task,
    skill,
    sandbox: config.sandbox,
    limits: config.sandboxLimits,
    maxTurns: config.maxTurns.executor,
    runSeed: seedOf(plan, 'executor'),
    sample,
  };
  return `execute-${digestOf(Buffer.from(canonicalJson(identity))).slice(7, 39)}`;
}
