import { ParentClosePolicy, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { firstControl } from '../records/control';
import { plainName, type ScheduleSettings } from '../records/schedule';
import type { DropVerdict } from '../records/score-drop';
import { stageOptions } from './activity-options';
import { optimize } from './optimize';
import { firstState } from './optimize-state';
import { startingAttributes } from './search-attributes';
import type { Steering } from './steering';

const { prepare } = proxyActivities<Activities>(stageOptions);

/**
 * Starts the optimisation that answers a drop: a run of its own, from the delivered skill, which outlives the look that
 * started it. Its memo links it to the delivery, the schedule and the look.
 *
 * @returns the run's name
 */
export async function startOptimisation(
  settings: ScheduleSettings,
  steering: Steering,
  { before, after, tasks, p }: DropVerdict,
): Promise<string> {
  const { workflowId, startTime } = workflowInfo();
  const { skillName, origin, name, searchable } = settings;
  const run = `${name.slice(0, 60)}-${plainName(startTime.toISOString().slice(0, 19))}`;
  const { prepared, config } = await steering.plain(() => prepare({ kind: 'optimise-again', run, settings }));
  const { benchmark, models, budget, provider } = config;
  const delivered = `the skill that run ${origin} delivered`;
  await startChild(optimize, {
    workflowId: run,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `optimise ${skillName} again: ${after} of ${tasks} held-out tasks, ${before} at its delivery (p = ${p.toPrecision(2)})`,
    memo: { skill: skillName, provider, origin, schedule: name, reevaluation: workflowId },
    ...(searchable
      ? {
          typedSearchAttributes: startingAttributes({
            ...{ skill: skillName, benchmark, model: models.executor, stage: 'prepare', origin },
          }),
        }
      : {}),
    args: [
      {
        ...{ run, config, searchable, skillDir: delivered, dataDir: `the tasks of run ${origin}` },
        state: firstState(prepared, firstControl(budget, Date.now())),
      },
    ],
  });
  return run;
}
