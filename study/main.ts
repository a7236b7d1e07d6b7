import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { WorldName } from '../simulator/worlds/world';
import { skillgradHome } from '../workers/home';
import { runStudy, type StudyOutcome, type StudyPlan } from './run-study';
import { SettingName } from './settings';
import { summarise } from './summary';
import { studyTable } from './table';

const help = `npm run study -- [options]

Runs the optimiser on simulated worlds whose solve rates are known, several seeds a setting, and prints a table.
Finished runs are kept in --dir and not made again.

  --seeds N          runs of each world and setting (default 20)
  --settings a,b     of ${SettingName.options.join(', ')} 
                     (default: all where there is something to learn; full, no-gate, seed-skill elsewhere)
  --worlds x,y       of ${WorldName.options.join(', ')} (default: all)
  --dir DIR          folder of results, tasks and Temporal's database (default: study in SKILLGRAD_HOME)
  --parallel N       runs at a time (default 4)
  --json FILE        write rows and runs as JSON
  --markdown FILE    write the table as Markdown`;

/** What was typed is wrong: said without a stack trace. */
class UsageError extends Error {}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${flag}: expected a whole number above 0, got "${text}".`);
}

function listed<Name extends string>(
  flag: string,
  text: string | undefined,
  names: z.ZodEnum<Record<Name, Name>>,
): Name[] {
  if (text === undefined) return names.options;
  return text.split(',').map((given) => {
    const parsed = names.safeParse(given.trim());
    if (parsed.success) return parsed.data;
    throw new UsageError(`--${flag}: there is no "${given}"; known are ${names.options.join(', ')}.`);
  });
}

interface Options extends StudyPlan {
  json: string | null;
  markdown: string | null;
}

function readOptions(): Options | 'help' {
  const text = { type: 'string' } as const;
  const parse = () =>
    parseArgs({
      options: {
        ...{ seeds: text, settings: text, worlds: text, dir: text, parallel: text, json: text, markdown: text },
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
  return {
    dir: values.dir === undefined ? join(skillgradHome().root, 'study') : resolve(values.dir),
    worlds: listed('worlds', values.worlds, WorldName),
    settings: values.settings === undefined ? null : listed('settings', values.settings, SettingName),
    seeds: wholeNumber('seeds', values.seeds ?? '20'),
    parallel: wholeNumber('parallel', values.parallel ?? '4'),
    json: values.json ?? null,
    markdown: values.markdown ?? null,
  };
}

async function show({ json, markdown }: Options, outcome: StudyOutcome): Promise<void> {
  const { runs, made, cpuSecondsPerRun } = outcome;
  const rows = summarise(runs);
  const table = studyTable(rows);
  console.log(`\n${table}\n`);
  if (cpuSecondsPerRun !== null) {
    console.log(
      `${made} runs made now, ${cpuSecondsPerRun.toFixed(1)} CPU seconds each (worker, server, simulated model).`,
    );
  }
  if (json !== null) {
    await writeFile(json, `${JSON.stringify({ model: 'simulated', cpuSecondsPerRun, rows, runs }, null, 2)}\n`);
  }
  if (markdown !== null) {
    const caption = `${runs.length} runs of \`npm run study\` with a simulated model. Rates in percent, intervals over seeds.`;
    await writeFile(markdown, `${caption}\n\n${table}\n`);
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === 'help') {
    console.log(help);
    return 0;
  }
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  const outcome = await runStudy(options, (line) => console.error(line), interruption.signal);
  if (interruption.signal.aborted) {
    console.error('Interrupted. The same command goes on with the runs that are left.');
    return 130;
  }
  await show(options, outcome);
  const { failures } = outcome;
  if (failures.length > 0) console.error(`${failures.length} runs failed; the same command tries them again.`);
  return failures.length > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UsageError ? `${error.message} See --help.` : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
