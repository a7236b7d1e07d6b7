import { executeTask } from '../agents/executor/executor';
import { rolloutKey } from '../agents/executor/rollout-identity';
import type { ExecuteInput, Executed, ExecuteResult, LeftOut } from '../records/stages';
import { parseSkill } from '../skill/parse';
import type { Dependencies } from './dependencies';
import { paidStage } from './paid-stage';
import { entryOf, readTask } from './plan';
import { barredTask, blameForKilledCode } from './worker-killers';

/** Forward pass of one task: runs the agent with a skill version and stores its trajectory. */
export async function execute(deps: Dependencies, input: ExecuteInput): Promise<ExecuteResult> {
  try {
    return await executeOnce(deps, input);
  } catch (error) {
    throw await blameForKilledCode(deps.store, input, error);
  }
}

async function executeOnce(deps: Dependencies, input: ExecuteInput): Promise<ExecuteResult> {
  const { store } = deps;
  return paidStage<Executed | LeftOut>(
    deps,
    input,
    'executor',
    (plan) => rolloutKey(plan, entryOf(plan, input.taskId).task, input.skill, input.sample),
    async ({ plan, loop }) => {
      const barred = await barredTask(store, input.run, input.taskId, 'execute');
      if (barred !== null) return { done: { leftOut: { reason: barred.reason } }, passing: true };
      const files = input.skill === null ? null : await store.getTree(input.skill);
      const end = await executeTask({
        store,
        sandbox: await deps.sandbox(plan.config.sandbox),
        limits: plan.config.sandboxLimits,
        task: await readTask(store, plan, input.taskId),
        skill: files === null ? null : { ...parseSkill(files), files },
        skillVersion: input.skill,
        loop: loop(input.taskId, input.sample),
      });
      if (end.kind === 'allowance') return end;
      const { trajectory } = end;
      return {
        done: {
          trajectory: await store.putJson(trajectory),
          outcome: trajectory.outcome,
          turns: trajectory.turns.length,
        },
      };
    },
  );
}
