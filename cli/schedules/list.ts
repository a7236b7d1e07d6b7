import type { Command } from 'commander';
import { connectClient } from '../../workers/connection';
import { skillgradHome } from '../../workers/home';
import { listSchedules } from '../../workers/schedules';
import { addRunOptions, type RunOptions } from '../runs/open-run';
import { chooseServer, findServer } from '../runs/open-server';
import { examples } from '../terminal/examples';
import { terminal } from '../terminal/output';
import { ScheduleMemo, timesText } from './open-schedule';

/** Adds `schedule list`. */
export function addList(parent: Command): void {
  addRunOptions(parent.command('list'))
    .description('list the schedules on the server')
    .addHelpText('after', examples(['schedule list', 'name, run, times and next look of each']))
    .action(listAll);
}

async function listAll(options: RunOptions): Promise<void> {
  const output = terminal(options);
  const server = await findServer(chooseServer(options, process.env), skillgradHome(), process.env);
  const { client, connection } = await connectClient(server);
  try {
    const schedules = (await listSchedules(client)).map((summary) => ({
      summary,
      memo: ScheduleMemo.parse(summary.memo),
    }));
    if (schedules.length === 0) output.text('No schedules yet. `skillgrad schedule create RUN --cron …` makes one.');
    for (const { summary, memo } of schedules) {
      output.text(`${summary.scheduleId}  of run ${memo.origin}  ${timesText(memo, summary)}`);
    }
    output.data(
      schedules.map(({ summary: { scheduleId, state, info }, memo }) => ({
        ...{ name: scheduleId, origin: memo.origin, cron: memo.cron, timezone: memo.timezone },
        ...{ paused: state.paused, note: state.note ?? null, next: info.nextActionTimes[0] ?? null },
      })),
    );
  } finally {
    await connection.close();
  }
}
