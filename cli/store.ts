import type { Command } from 'commander';
import { checkStore } from './stores/check-store';
import { collectStore, type CollectStoreOptions } from './stores/collect-store';
import { backUp, restore } from './stores/copy-home';
import { addStoreOptions, type StoreOptions } from './stores/options';
import { showUsage } from './stores/show-usage';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';

/** Adds `store` with `usage`, `verify`, `gc`, `backup` and `restore`. */
export function addStore(root: Command): void {
  const command = root
    .command('store')
    .description('look at, check, clean and copy what runs keep on disk')
    .addHelpText(
      'after',
      '\nThe store is in SKILLGRAD_HOME (by default ~/.skillgrad): artifacts by their digest, journals, histories.\n' +
        examples(
          ['store usage', 'what each run takes'],
          ['store verify', 'reads everything; exit code 1 where something is damaged'],
          ['store gc --dry-run', 'what no run needs any more'],
          ['store backup /mnt/backup/skillgrad', 'a copy, also while runs go on'],
        ),
    );
  addStoreOptions(command.command('usage').argument('[RUN]', 'one run, by kind of what it keeps'))
    .description('say what runs take: files, bytes, blocks on disk, and what of it other runs need too')
    .addHelpText('after', examples(['store usage', 'all runs'], ['store usage my-run --json', 'one, as JSON']))
    .action((run: string | undefined, options: StoreOptions) => showUsage(run, options));
  addStoreOptions(command.command('verify'))
    .description('hash each artifact anew, parse each object, and look whether all that runs need is there')
    .addHelpText('after', examples(['store verify && echo whole', 'exit code 1: something is damaged, and named']))
    .action((options: StoreOptions) => checkStore(options));
  addStoreOptions(command.command('gc'))
    .description('take away what no run needs; runs may go on and start meanwhile')
    .option('--dry-run', 'say what would go, and take nothing')
    .option('--run <NAME>', 'with --forget: a run that has ended')
    .option('--forget', 'let go of the run: its journals, histories and result, here and on its server')
    .option('--grace-hours <N>', 'leave what was written within so many hours', wholeNumber(1), 24)
    .addHelpText(
      'after',
      '\nEvery server that runs of this store live on must be up: what only its histories refer to is needed too.\n' +
        examples(
          ['store gc --dry-run', 'what would go'],
          ['store gc --run old-run --forget', 'a run, and what it alone needs'],
        ),
    )
    .action((options: CollectStoreOptions) => collectStore(options));
  command
    .command('backup')
    .argument('<FOLDER>', 'new, or an earlier backup of the same store: then only what is new is copied')
    .description('copy the store while runs go on, and read the copy anew')
    .option('--json', 'print JSON on stdout')
    .addHelpText(
      'after',
      '\nThe copy is a home: SKILLGRAD_HOME=FOLDER reads it. It has what runs need to go on as well when the embedded\n' +
        'server stands still meanwhile; a server of your own is backed up by its own means.\n' +
        examples(
          ['store backup /mnt/backup/skillgrad', 'runs may go on'],
          ['server stop && skillgrad store backup /mnt/backup/skillgrad', 'with the database'],
        ),
    )
    .action((folder: string, options: { json?: boolean }) => backUp(folder, options));
  command
    .command('restore')
    .argument('<FOLDER>', 'a backup')
    .description('bring into this home what a backup has and this home lacks or has damaged; takes nothing away')
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', examples(['store restore /mnt/backup/skillgrad', 'on this machine or on another one']))
    .action((folder: string, options: { json?: boolean }) => restore(folder, options));
}
