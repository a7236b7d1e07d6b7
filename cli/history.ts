import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { namingFile } from '../workers/state-file';
import { withHistories } from './runs/open-histories';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { historyFile, type RunHistory } from './runs/read-histories';
import { verifyHistories, type VerifiedHistory } from './runs/verify-histories';
import { checkTarget, writeFolder } from './runs/write-folder';
import { examples } from './terminal/examples';
import { terminal } from './terminal/output';

interface ExportOptions extends RunOptions {
  out?: string;
}

/** Adds `history` with `export` and `verify`. */
export function addHistory(root: Command): void {
  const command = root.command('history').description('write out the histories of a run, or verify them by replay');
  addRunOptions(command.command('export').argument('<RUN>', 'name of the run'))
    .description('write the histories of a run and its children as Temporal’s JSON, one file an execution')
    .option('--out <DIR>', 'new or empty folder (default: RUN-histories)')
    .addHelpText(
      'after',
      '\nEach closed workflow is read from the store, where the worker has kept it, whatever the server still knows;' +
        '\nwhat still runs is read from the server as far as it is.\n' +
        examples(
          ['history export my-run', 'into the new folder my-run-histories'],
          ['history export my-run --out h --json | jq -r .files[].file', 'names of the files'],
        ),
    )
    .action(exportHistories);
  addRunOptions(command.command('verify').argument('<RUN|FILE...>', 'runs, files, or folders with histories'))
    .description('replay histories against the workflow code at hand; exit code 1 when they part, naming the event')
    .addHelpText(
      'after',
      '\nNothing is executed and nothing is paid for. docs/versioning.md says how workflow code may be changed.\n' +
        examples(
          ['history verify my-run', 'before an upgrade is put to work: would it go on with this run?'],
          ['history verify my-run-histories', 'what `history export` has written'],
          ['history verify old.json new.json.gz --json', 'files, with the outcomes as JSON'],
        ),
    )
    .action(verify);
}

async function exportHistories(run: string, options: ExportOptions): Promise<void> {
  const output = terminal(options);
  const out = options.out ?? `${run}-histories`;
  await checkTarget(out);
  await withHistories(run, options, output, async (histories) => {
    const { target } = await writeFolder(out, async (aside) => {
      for (const history of histories) {
        const file = join(aside, historyFile(history));
        await namingFile(file, async () => writeFile(file, await history.read()));
      }
    });
    const fromServer = histories.filter(({ keptBy }) => keptBy === 'server').length;
    const those = fromServer === 0 ? 'all from the store' : `${fromServer} of them from the server`;
    output.text(`${histories.length} histories, ${those}: ${target}`);
    output.data({ run, folder: target, files: histories.map(described) });
  });
}

function described(history: RunHistory): object {
  const { workflowId, runId, workflowType, status, startedAt, keptBy, verification } = history;
  return { file: historyFile(history), workflowId, runId, workflowType, status, startedAt, keptBy, verification };
}

async function verify(names: string[], options: RunOptions): Promise<void> {
  const output = terminal(options);
  const { code, histories } = await verifyHistories(names, options, output);
  const diverged = histories.filter(({ divergence }) => divergence !== null);
  histories.forEach((history) => output.text(verifiedLine(history)));
  output.text(
    diverged.length === 0
      ? `${histories.length} histories replay against the workflow code at hand (${code}).`
      : `${diverged.length} of ${histories.length} histories part from the workflow code at hand (${code}): it would ` +
          'break such runs while they are under way. docs/versioning.md says how to change workflow code.',
  );
  output.data({ code, diverged: diverged.length, histories });
  if (diverged.length > 0) process.exitCode = 1;
}

function verifiedLine({ from, workflowId, events, divergence }: VerifiedHistory): string {
  const what = from === workflowId ? workflowId : `${from} (${workflowId})`;
  if (divergence === null) return `replays  ${what}: ${events} events`;
  const at = divergence.event === null ? 'no event' : `event ${divergence.event.id}, ${divergence.event.type}`;
  return `DIVERGES ${what}: ${at}: ${divergence.message}`;
}
