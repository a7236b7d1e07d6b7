import type { Task } from '../../records/task';
import type { Trajectory } from '../../records/trajectory';
import type { SandboxLimits } from '../../records/run-config';
import type { Sandbox } from '../../sandbox/sandbox';
import type { ArtifactStore } from '../../store/artifact-store';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';
import type { DisclosedSkill } from './tools';
import { plainPath, skillTools, workTools } from './tools';
import { openWorkDir } from './work-dir';

export interface Execution {
  store: ArtifactStore;
  sandbox: Sandbox;
  limits: SandboxLimits;
  task: Task;
  skill: DisclosedSkill | null;
  skillVersion: string | null;
  /** Everything of the loop but what the executor itself adds. */
  loop: Omit<ToolLoop, 'tools' | 'user' | 'maxOverflows' | 'repairRounds' | 'snapshot'>;
}

/** L1: what the system prompt says of the skills at hand. */
function systemPrompt(prompt: string, skill: DisclosedSkill | null): string {
  return skill === null ? prompt : `${prompt}\nAvailable skills:\n- ${skill.name}: ${skill.description}\n`;
}

function disclosed(trajectory: Pick<Trajectory, 'turns'>): Trajectory['disclosed'] {
  const seen = { activated: false, references: [] as string[] };
  for (const turn of trajectory.turns) {
    for (const call of turn.calls) {
      if (turn.observations.find(({ callId }) => callId === call.id)?.isError !== false) continue;
      if (call.name === 'activate_skill') seen.activated = true;
      if (call.name !== 'read_reference') continue;
      const path = plainPath((JSON.parse(call.arguments) as { path: string }).path);
      if (!seen.references.includes(path)) seen.references.push(path);
    }
  }
  return seen;
}

/**
 * Runs (or goes on with) a rollout's agent: restores the work directory of the last journaled turn, then takes turns
 * until it ends. Returns the trajectory, or what the next call needs when the allowance can't cover it.
 */
export async function executeTask(
  execution: Execution,
): Promise<{ kind: 'trajectory'; trajectory: Trajectory } | (LoopEnd & { kind: 'allowance' })> {
  const { store, task, skill, loop } = execution;
  const lastSnapshot = loop.journal.turns.findLast(({ workDir }) => workDir !== null)?.workDir ?? null;
  const files = lastSnapshot
    ? await store.getTree(lastSnapshot)
    : await Promise.all(
        task.inputs.map(async (input) => ({
          path: input.path,
          mode: 0o644,
          bytes: await store.getBytes(input.artifact),
        })),
      );
  const dir = await openWorkDir(store, files, lastSnapshot);
  try {
    const end = await runToolLoop({
      ...loop,
      system: systemPrompt(loop.system, skill),
      user: () => task.prompt,
      maxOverflows: 0,
      tools: [
        ...(skill === null ? [] : skillTools(skill)),
        ...workTools(dir, execution.sandbox, execution.limits, loop.signal),
      ],
      repairRounds: null,
      snapshot: dir.snapshot,
    });
    if (end.kind === 'allowance') return end;
    const turns = loop.journal.turns.map(({ turn }) => turn);
    return {
      kind: 'trajectory',
      trajectory: {
        taskId: task.id,
        skill: execution.skillVersion,
        sample: loop.sample,
        outcome: end.outcome,
        turns,
        disclosed: disclosed({ turns }),
        answer: end.answer,
        workDir: await dir.snapshot(),
      },
    };
  } finally {
    await dir.remove();
  }
}
