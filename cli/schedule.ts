import type { Command } from 'commander';
import { addCreate } from './schedules/create';
import { addList } from './schedules/list';
import { addShow } from './schedules/show';
import { addDelete, addPause, addUnpause } from './schedules/state';
import { addTrigger } from './schedules/trigger';
import { examples } from './terminal/examples';

/** Adds `schedule` with `create`, `list`, `show`, `trigger`, `pause`, `unpause` and `delete`. */
export function addSchedule(root: Command): void {
  const command = root
    .command('schedule')
    .description('measure a delivered skill again from time to time, and optimise it again when its score has dropped')
    .addHelpText(
      'after',
      '\nA schedule lives on the Temporal server. Its looks need a worker; docs/schedules.md says what happens without.\n' +
        examples(
          ['schedule create my-run --cron "0 6 * * 1" --budget-usd 2', 'each Monday at six, for at most 2 USD a time'],
          ['schedule show my-run', 'its scores so far, and what became of a drop'],
        ),
    );
  for (const add of [addCreate, addList, addShow, addTrigger, addPause, addUnpause, addDelete]) add(command);
}
