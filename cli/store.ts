import type { Command } from 'commander';
import { checkStore } from './stores/check-store';
import { collectStore, type CollectStoreOptions } from './stores/collect-store';
import { addStoreOptions, type StoreOptions } from './stores/options';
import { showUsage } from './stores/show-usage';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';

/** Adds `store` with `usage`, `verify` and `gc`. */
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
}
