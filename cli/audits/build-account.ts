import { ArtifactRef } from '../../records/artifact';
import { RunPlan } from '../../records/plan';
import { CancelledRun, RunResult } from '../../records/progress';
import type { TaskEntry } from '../../records/task';
import { canonicalJson, digestOf, type ArtifactStore } from '../../store/artifact-store';
import type { Account, MeasurementAccount, Phase } from './account';
import { costsOf, stagesByOwner } from './costs';
import type { Execution } from './executions';
import { readHappenings, type Happenings } from './happenings';
import { incidentsOf } from './incidents';
import { readChains, type Chain } from './journals';
import * as payloads from './payloads';
import { measurement, ownPhases, stepsOf } from './phases';
import { rewindsOf, type Rewind } from './rewinds';
import { lenientReader, type Reader } from './stage-accounts';
import { decidersOf, gateKey } from './step-outcome';

/** The account of a run with what it was made from, for checks. */
export interface AuditedRun {
  account: Account;
  happenings: Happenings[];
  chains: Chain[];
  /** What could not be read, or not be read twice alike. */
  problems: string[];
  rewinds: Rewind[];
}

/** Rebuilds the account of a run from its histories and from the store; adds what it can't read to `problems`. */
export async function auditRun(
  store: ArtifactStore,
  run: string,
  executions: readonly Execution[],
  problems: string[],
): Promise<AuditedRun> {
  const reader = lenientReader(store);
  const known = new Set(executions.map(({ runId }) => runId));
  const happenings = executions.map((execution) => readHappenings(execution, known));
  const rewinds = rewindsOf(happenings, run);
  const chains = await readChains(store, run, problems);
  const own = happenings.filter(({ execution }) => execution.workflowId === run);
  const [first] = own;
  const last = own.at(-1);
  const inputs = await inputsOf(own, chains, askedIn(happenings), reader);
  const measurements = measurementsIn(happenings);
  const phases: Phase[] = [...measurements.values()].filter(({ purpose }) => purpose !== 'gate');
  for (const one of own) phases.push(...(await ownPhases(one, reader)));
  const deciders = decidersOf(own, measurements, inputs?.content.config);
  for (const one of happenings.filter(({ execution }) => execution.type === 'epoch')) {
    phases.push(...(await stepsOf(one, reader, deciders, rewinds)));
  }
  phases.sort((a, b) => a.startedMs - b.startedMs);
  const delivered = payloads.OptimizeOut.safeParse(last?.result);
  const account: Account = {
    run,
    status: last?.execution.status ?? 'UNKNOWN',
    startedMs: first?.execution.startedMs ?? 0,
    endedMs: last?.closedMs ?? null,
    startedBy: first?.identity ?? '',
    inputs,
    phases,
    incidents: incidentsOf(happenings, chains, run, rewinds),
    costs: costsOf(chains, stagesByOwner(happenings), inputs?.content.config.models ?? {}),
    result: delivered.success ? await reader.read(RunResult, delivered.data.result) : null,
    cancelled: await cancelledIn(last, reader),
    quarantined: leftOutTasks(happenings),
    executions: happenings.map(({ execution: { events, ...rest }, closedMs }) => ({
      ...rest,
      events: events.length,
      endedMs: closedMs,
    })),
  };
  return { account, happenings, chains, problems, rewinds };
}

/** Evaluations, each over all that it continued as, by what their parent finds them by. */
function measurementsIn(happenings: readonly Happenings[]): Map<string, MeasurementAccount> {
  const groups: Happenings[][] = [];
  const open = new Map<string, Happenings[]>();
  for (const one of happenings) {
    if (one.execution.type !== 'evaluate') continue;
    const { workflowId } = one.execution;
    const group = payloads.EvaluateIn.safeParse(one.input).data?.state === undefined ? undefined : open.get(workflowId);
    if (group !== undefined) group.push(one);
    else {
      const fresh = [one];
      groups.push(fresh);
      open.set(workflowId, fresh);
    }
  }
  const found = new Map<string, MeasurementAccount>();
  for (const group of groups) {
    const account = measurement(group);
    if (account !== null) found.set(gateKey(account.workflowId, group[0]?.parentRunId ?? null), account);
  }
  return found;
}

/** What the run has kept when it was cancelled. */
async function cancelledIn(last: Happenings | undefined, reader: Reader): Promise<CancelledRun | null> {
  const kept = last?.schedulings.find(
    ({ type, input }) => type === 'deliver' && payloads.DeliverCancelledIn.safeParse(input).success,
  );
  const ref = ArtifactRef.safeParse(kept?.result);
  return ref.success ? reader.read(CancelledRun, ref.data) : null;
}

/** Tasks that were found in quarantine, in order of time. */
function leftOutTasks(happenings: readonly Happenings[]): Account['quarantined'] {
  const found = new Map<string, string>();
  for (const { input, result } of happenings.flatMap(({ schedulings }) => schedulings)) {
    const left = payloads.LeftOut.safeParse(result);
    if (left.success) found.set(payloads.LeftOutTask.parse(input).taskId, left.data.leftOut.reason);
  }
  return [...found].map(([taskId, reason]) => ({ taskId, reason }));
}

async function inputsOf(
  own: readonly Happenings[],
  chains: readonly Chain[],
  asked: ReadonlyMap<string, string>,
  reader: Reader,
): Promise<Account['inputs']> {
  const given = payloads.OptimizeIn.safeParse(own[0]?.input);
  const plan = planOf(own);
  if (!given.success || plan === null) return null;
  const content = await reader.read(RunPlan, plan);
  if (content === null) return null;
  const pool = (entries: readonly TaskEntry[]): { tasks: number; digest: ArtifactRef } => ({
    tasks: entries.length,
    digest: digestOf(Buffer.from(canonicalJson(entries))),
  });
  return {
    skillDir: given.data.skillDir,
    dataDir: given.data.dataDir,
    plan,
    content,
    prompts: Object.fromEntries(
      Object.entries(content.prompts).map(([name, text]) => [name, digestOf(Buffer.from(text))]),
    ),
    pools: {
      training: pool(content.training),
      validation: pool(content.validation),
      heldOut: pool(content.heldOut),
    },
    answered: answeredBy(chains, asked, content),
  };
}

/** The plan that the run was prepared into: from its own state, or from what `prepare` returned. */
function planOf(own: readonly Happenings[]): ArtifactRef | null {
  for (const { input, schedulings } of own) {
    const carried = payloads.OptimizeIn.safeParse(input).data?.state?.prepared.plan;
    if (carried !== undefined) return carried;
    for (const { type, result } of schedulings) {
      const prepared = type === 'prepare' ? payloads.PreparedOut.safeParse(result) : null;
      if (prepared?.success) return prepared.data.plan;
    }
  }
  return null;
}

const roleOf: Record<string, string> = {
  execute: 'executor',
  diagnose: 'diagnoser',
  accumulate: 'accumulator',
  patch: 'patcher',
};

/** The model that was asked for where another, or the same, has answered a role; it may have been set anew under way. */
function askedIn(happenings: readonly Happenings[]): Map<string, string> {
  const asked = new Map<string, string>();
  for (const { type, result } of happenings.flatMap(({ schedulings }) => schedulings)) {
    const answers = payloads.AnsweredOut.safeParse(result).data?.answered ?? [];
    for (const answer of answers) asked.set(`${roleOf[type]}/${answer.by}`, answer.asked);
  }
  return asked;
}

function answeredBy(
  chains: readonly Chain[],
  asked: ReadonlyMap<string, string>,
  { config }: RunPlan,
): NonNullable<Account['inputs']>['answered'] {
  const rows = new Map<string, NonNullable<Account['inputs']>['answered'][number]>();
  for (const { role, turns } of chains) {
    for (const { turn, seedDropped } of turns) {
      const key = `${role}/${turn.responseModel}`;
      const row = rows.get(key) ?? {
        ...{ role, asked: asked.get(key) ?? config.models[role], by: turn.responseModel, answers: 0, seedsDropped: 0 },
      };
      row.answers += 1;
      row.seedsDropped += seedDropped ? 1 : 0;
      rows.set(key, row);
    }
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
