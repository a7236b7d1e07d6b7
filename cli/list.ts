import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Command } from 'commander';
import { connectClient } from '../workers/connection';
import { skillgradHome } from '../workers/home';
import type { Origin } from '../records/plan';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { chooseServer, findServer } from './runs/open-server';
import { originOf, originText } from './runs/origin';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';
import { terminal } from './terminal/output';
import { costText } from './terminal/progress-text';

interface ListOptions extends RunOptions {
  limit: number;
}

/** A run as the server's index has it. */
interface ListedRun {
  run: string;
  phase: string;
  stage: string | null;
  skill: string | null;
  model: string | null;
  costUsd: number | null;
  startedAt: string;
  endedAt: string | null;
  /** Of a replay or fork: where it comes from. */
  origin: Origin | null;
}

/** Adds `list`. */
export function addList(root: Command): void {
  addRunOptions(root.command('list'))
    .description('list the runs on the server, the latest first')
    .option('--limit <N>', 'runs at most', wholeNumber(1), 50)
    .addHelpText(
      'after',
      '\nCosts are those of steps and evaluations that have ended; `status RUN` knows what is under way, too.\n' +
        examples(
          ['list', 'the runs on the configured server, else on the embedded one'],
          ['list --address localhost:7233 --json', 'those of another server, as JSON'],
        ),
    )
    .action(listRuns);
}

async function listRuns(options: ListOptions): Promise<void> {
  const output = terminal(options);
  const server = await findServer(chooseServer(options, process.env), skillgradHome(), process.env);
  const { client, connection } = await connectClient(server);
  try {
    const runs = await readRuns(client, options.limit);
    if (runs.length === 0) output.text('No runs yet. `skillgrad demo` makes one.');
    else table(runs).forEach(output.text);
    output.data(runs);
  } finally {
    await connection.close();
  }
}

/** The runs, the latest first. The server gives executions in an order of its own, so that all of them are looked at. */
async function readRuns(client: Client, limit: number): Promise<ListedRun[]> {
  const runs = new Map<string, ListedRun>();
  /** Start of the latest execution that has been seen. */
  const latest = new Map<string, string>();
  for await (const info of client.workflow.list({ query: 'WorkflowType = "optimize"', pageSize: 1000 })) {
    const run = listed(info);
    // A run that has continued as new, or was taken back, is listed once for each execution: it is as the latest one is,
    // and began with the first.
    const known = runs.get(run.run);
    const began = known !== undefined && known.startedAt < run.startedAt ? known.startedAt : run.startedAt;
    if (known === undefined || (latest.get(run.run) ?? '') < run.startedAt) {
      latest.set(run.run, run.startedAt);
      runs.set(run.run, { ...run, startedAt: began });
    } else known.startedAt = began;
  }
  return [...runs.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, limit);
}

function listed(info: WorkflowExecutionInfo): ListedRun {
  const attributes = new Map(
    info.typedSearchAttributes.getAll().map(({ key, value }): [string, unknown] => [key.name, value]),
  );
  const text = (name: string): string | null => {
    const value = attributes.get(name);
    return typeof value === 'string' ? value : null;
  };
  const cost = attributes.get('SkillGradCostUsd');
  return {
    run: info.workflowId,
    phase: phaseOf(info.status.name, text('SkillGradPaused')),
    stage: text('SkillGradStage'),
    skill: text('SkillGradSkill') ?? (typeof info.memo?.['skill'] === 'string' ? info.memo['skill'] : null),
    model: text('SkillGradModel'),
    costUsd: typeof cost === 'number' ? cost : null,
    startedAt: info.startTime.toISOString(),
    endedAt: info.closeTime?.toISOString() ?? null,
    origin: originOf(info),
  };
}

function phaseOf(status: string, paused: string | null): string {
  if (status === 'COMPLETED') return 'ended';
  if (status !== 'RUNNING' && status !== 'CONTINUED_AS_NEW') return status.toLowerCase();
  return paused === null || paused === 'no' ? 'running' : 'paused';
}

function table(runs: ListedRun[]): string[] {
  const rows = [
    ['RUN', 'STATE', 'STAGE', 'SKILL', 'MODEL', 'COST', 'STARTED', ''],
    ...runs.map((run) => [
      run.run,
      run.phase,
      run.stage ?? '',
      run.skill ?? '',
      run.model ?? '',
      run.costUsd === null ? 'unknown' : costText(run.costUsd),
      `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
      run.origin === null ? '' : originText(run.origin),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_name, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
