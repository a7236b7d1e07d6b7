import type { Command } from 'commander';
import { addRunOptions, type RunOptions } from '../runs/open-run';
import { examples } from '../terminal/examples';
import { ensureServed, withSchedule } from './open-schedule';

type NoteOptions = RunOptions & { note?: string };

/** Adds `schedule pause`. */
export function addPause(parent: Command): void {
  verb(parent, 'pause')
    .description('take no more looks until it is unpaused; one that is under way goes on')
    .option('--note <TEXT>', 'why; shown with the schedule')
    .addHelpText('after', examples(['schedule pause weekly --note "the endpoint moves"', 'keeps it, without looks']))
    .action((name: string, options: NoteOptions) =>
      withSchedule(name, options, async ({ handle, output }) => {
        await handle.pause(options.note);
        output.text(`Schedule ${name} is paused.`);
        output.data({ name, paused: true });
      }),
    );
}

/** Adds `schedule unpause`. */
export function addUnpause(parent: Command): void {
  verb(parent, 'unpause')
    .description('go on with a paused schedule; starts its worker where that is down')
    .option('--note <TEXT>', 'why; shown with the schedule')
    .addHelpText('after', examples(['schedule unpause weekly', 'looks again at its next time']))
    .action((name: string, options: NoteOptions) =>
      withSchedule(name, options, async (open) => {
        await ensureServed(open, open.settings.origin);
        await open.handle.unpause(options.note);
        open.output.text(`Schedule ${name} goes on.`);
        open.output.data({ name, paused: false });
      }),
    );
}

/** Adds `schedule delete`. */
export function addDelete(parent: Command): void {
  verb(parent, 'delete')
    .description('end a schedule; its looks stay in the store, and a look that is under way goes on')
    .addHelpText('after', examples(['schedule delete weekly', 'takes it off the server']))
    .action((name: string, options: RunOptions) =>
      withSchedule(name, options, async ({ handle, output }) => {
        await handle.delete();
        output.text(`Schedule ${name} is deleted.`);
        output.data({ name, deleted: true });
      }),
    );
}

function verb(parent: Command, name: string): Command {
  return addRunOptions(parent.command(name).argument('<NAME>', 'name of the schedule'));
}
