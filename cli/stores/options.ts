import type { Command } from 'commander';

/** Options of every command that looks at the store. */
export interface StoreOptions {
  json?: boolean;
  address?: string;
  namespace?: string;
}

/** Adds the options of `StoreOptions`. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--address <HOST:PORT>', 'one more Temporal server that runs of this store live on')
    .option('--namespace <NAME>', 'namespace, with --address')
    .option('--json', 'print JSON on stdout');
}
