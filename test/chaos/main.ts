import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { skillgradHome } from '../../workers/home';
import { isSound } from './results';
import { runChaos, type ChaosPlan } from './run-chaos';
import { chaosTable, rowLine } from './table';

const help = `npm run chaos -- [options]

Makes runs with a simulated model under faults drawn from a seed: kill -9, SIGTERM and SIGSTOP of workers and the
Temporal server, failing model calls, a failing disk, killed sandboxes. Each must come to the end of an undisturbed run.
Schedules whose rows are in the file already are not run again, so that the same command goes on where it was left.
As root it mounts small disks of its own; as another user it does without their faults.

  --schedules N      schedules, from number 0 (default 100)
  --seed S           what they are drawn from (default 1)
  --json FILE        totals and a row for each schedule, written as it ends (default: chaos.json in --dir)
  --parallel N       schedules at a time (default 1)
  --only K           repeat schedule number K alone
  --dir DIR          folder for the deployments (default: chaos in SKILLGRAD_HOME)`;

/** What was typed is wrong: said without a stack trace. */
class UsageError extends Error {}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`--${flag}: expected a whole number from ${least} on, got "${text}".`);
}

function readOptions(): (ChaosPlan & { json: string }) | 'help' {
  const text = { type: 'string' } as const;
  const parse = () =>
    parseArgs({
      options: {
        ...{ schedules: text, seed: text, json: text, only: text, dir: text, parallel: text },
        help: { type: 'boolean' },
      },
    });
  let values: ReturnType<typeof parse>['values'];
  try {
    ({ values } = parse());
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (values.help === true) return 'help';
  const dir = resolve(values.dir ?? join(skillgradHome().root, 'chaos'));
  return {
    seed: wholeNumber('seed', values.seed ?? '1', 0),
    schedules: wholeNumber('schedules', values.schedules ?? '100', 1),
    only: values.only === undefined ? null : [wholeNumber('only', values.only, 0)],
    json: resolve(values.json ?? join(dir, 'chaos.json')),
    parallel: wholeNumber('parallel', values.parallel ?? '1', 1),
    dir,
  };
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === 'help') {
    console.log(help);
    return 0;
  }
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      console.error('Interrupted: ends after what is under way. The same command goes on from there.');
      interruption.abort();
    });
  }
  const results = await runChaos(
    options,
    (line, row) => console.error(row === undefined ? line : rowLine(row)),
    interruption.signal,
  );
  console.log(`\n${chaosTable(results)}\n\n${options.json}`);
  if (interruption.signal.aborted) return 130;
  return results.rows.every(isSound) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UsageError ? `${error.message} See --help.` : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
