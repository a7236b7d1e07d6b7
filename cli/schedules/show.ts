import type { Command } from 'commander';
import { addRunOptions, type RunOptions } from '../runs/open-run';
import { askProgress } from '../runs/progress-query';
import { examples } from '../terminal/examples';
import { budgetText, pauseText } from '../terminal/progress-text';
import { lookLine } from './look-text';
import { adoptRun, looksOf, timesText, withSchedule, type OpenSchedule } from './open-schedule';

/** Adds `schedule show`. */
export function addShow(parent: Command): void {
  addRunOptions(parent.command('show').argument('<NAME>', 'name of the schedule'))
    .description('show a schedule: its settings, the look under way, and the scores so far')
    .addHelpText(
      'after',
      examples(
        ['schedule show weekly', 'the history of scores, with the run that a drop has started'],
        ['schedule show weekly --json', 'the same as JSON'],
      ),
    )
    .action((name: string, options: RunOptions) => withSchedule(name, options, show));
}

async function show(open: OpenSchedule): Promise<void> {
  const { name, output, client, description, settings, memo, home } = open;
  const { origin, model, rule, caps, optimise, onModelChange } = settings;
  const looks = await looksOf(open);
  for (const { started } of looks) if (started !== null) await adoptRun(home, origin, started);
  const running = await lookUnderWay(open);
  const workers = await pollers(open);
  output.text(`Schedule ${name}: the skill of run ${origin} with ${model}`);
  output.text(`Times         ${timesText(memo, description)}${onModelChange ? '; measures another model only' : ''}`);
  output.text(
    `A drop is     significant at a level of ${rule.level}, and ${rule.minDrop * 100} % of the tasks or more`,
  );
  output.text(`A look takes  ${budgetText(caps)} at most`);
  output.text(
    `After a drop  ${optimise === null ? 'it is told here' : `an optimisation starts, with ${budgetText(optimise)}`}`,
  );
  if (description.state.note) output.text(`Note          ${description.state.note}`);
  if (workers === 0) output.warn(`no worker serves ${memo.taskQueue}: looks wait. See \`skillgrad worker --help\`.`);
  output.text(looks.length === 0 ? '\nNo looks yet.' : '');
  for (const look of looks) output.text(lookLine(look));
  if (running !== null) {
    output.text(`under way: ${running.workflowId}`);
    if (running.pause !== null)
      output.text(`${pauseText(running.pause, name)} (\`skillgrad schedule trigger ${name}\`)`);
  }
  output.data({
    ...{ name, origin, model, rule, caps, optimise, onModelChange, cron: memo.cron, timezone: memo.timezone },
    ...{ paused: description.state.paused, note: description.state.note ?? null, workers },
    ...{ next: description.info.nextActionTimes[0] ?? null, running, looks },
  });

  async function pollers({ server }: OpenSchedule): Promise<number> {
    const { pollers: found } = await client.workflowService.describeTaskQueue({
      namespace: server.namespace,
      taskQueue: { name: memo.taskQueue },
      taskQueueType: 1,
    });
    return found?.length ?? 0;
  }
}

/** The look that runs or waits now, with why it waits. */
export async function lookUnderWay({ client, description }: Pick<OpenSchedule, 'client' | 'description'>) {
  const action = description.info.runningActions[0];
  if (action === undefined) return null;
  const { workflowId } = action.workflow;
  // A schedule notices a moment later that its look has ended.
  const { status } = await client.workflow.getHandle(workflowId).describe();
  if (status.name !== 'RUNNING') return null;
  const progress = await askProgress(client, workflowId);
  return { workflowId, pause: progress?.pause ?? null };
}
