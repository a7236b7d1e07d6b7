import type { Command } from 'commander';
import type { Progress } from '../records/progress';
import { firstStart } from './runs/first-start';
import { followRun } from './runs/follow-run';
import { onInterruption } from './runs/interruption';
import { addRunOptions, withRun, type OpenRun, type RunOptions } from './runs/open-run';
import { tellStandstill } from './runs/standstill';
import { checkEnded, readRunResult } from './runs/run-state';
import { examples } from './terminal/examples';
import { progressDisplay } from './terminal/progress-display';
import { measuredText } from './terminal/result-text';

const pollMs = 1000;

/** Adds `watch`. */
export function addWatch(root: Command): void {
  addRunOptions(root.command('watch').argument('<RUN>', 'name of the run'))
    .description('show the progress of a run until it has ended; Ctrl-C leaves the run as it is')
    .addHelpText(
      'after',
      '\nWith --json, each change is a line of JSON on stdout: {run, progress}, and at the end {run, phase, result}.\n' +
        examples(
          ['watch my-run', 'live progress, then what the run came to'],
          ['watch my-run --json | jq .progress.stage', 'for a program that follows along'],
        ),
    )
    .action((run: string, options: RunOptions) => withRun(run, options, watchRun));
}

async function watchRun({ run, home, output, client, description }: OpenRun): Promise<void> {
  const interruption = onInterruption();
  const stream = output.json ? process.stderr : process.stdout;
  const display = progressDisplay(stream, (await firstStart(client, home, description)).getTime());
  let last = '';
  const onProgress = (progress: Progress): void => {
    const text = JSON.stringify(progress);
    if (text !== last) output.data({ run, progress });
    last = text;
    if (!output.json) display.show(progress);
  };
  try {
    const ended = await followRun(
      client,
      run,
      pollMs,
      {
        onProgress,
        onStall: () => tellStandstill(client, run, display.line),
        onSilence: () => display.line(`No worker answers. \`skillgrad resume ${run}\` starts it again; still waiting.`),
        onAway: () => display.line('The Temporal server is away; still waiting.'),
      },
      interruption.signal,
    );
    display.end();
    if (ended === null) {
      output.text(`Run ${run} goes on; \`skillgrad watch ${run}\` shows it again.`);
      process.exitCode = interruption.exitCode() ?? 0;
      return;
    }
    checkEnded(ended);
    const result = await readRunResult(client, run, home);
    output.text(`Run ${run} has ended.`);
    measuredText(result).forEach(output.text);
    output.text(`\`skillgrad result ${run} --out DIR\` writes skill, report data and histories.`);
    output.data({ run, phase: 'ended', result });
  } finally {
    display.end();
    interruption.release();
  }
}
