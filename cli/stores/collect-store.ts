import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactRef } from '../../records/artifact';
import { RunPlan } from '../../records/plan';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { collect, type Collected } from '../../store/collect';
import { readIfThere } from '../../store/durable-files';
import { kindsOfRun, runOfName, takeInventory } from '../../store/inventory';
import { mentionedIn } from '../../store/references';
import { skillgradHome, type Home } from '../../workers/home';
import { withLock } from '../../workers/lock';
import { startedAt } from '../../workers/process-identity';
import { readRunRecord } from '../runs/run-record';
import { terminal } from '../terminal/output';
import { UserError } from '../terminal/user-error';
import {
  deleteRun,
  needAllServers,
  oldestPending,
  openServers,
  recordedRuns,
  refuseOpen,
  scheduleSettings,
  recordsOutside,
  type KnownServers,
} from './known-executions';
import type { StoreOptions } from './options';
import { amountText } from './show-usage';

export interface CollectStoreOptions extends StoreOptions {
  dryRun?: boolean;
  run?: string;
  forget?: boolean;
  graceHours: number;
}

/** The lock that a collection and a backup hold: one at a time, of this home. */
export function storeLock(home: Home): string {
  return join(home.processes, 'store.lock');
}

/** `store gc`: takes away what no run needs, and with `--run NAME --forget` a run that has ended as well. */
export async function collectStore(options: CollectStoreOptions): Promise<void> {
  const { run, graceHours } = options;
  const dryRun = options.dryRun === true;
  if ((run === undefined) !== (options.forget !== true)) {
    throw new UserError('--run NAME and --forget go together: they name a run that has ended, and let go of it.', 2);
  }
  const home = skillgradHome();
  const output = terminal(options);
  const store = await openStore(home.store);
  const servers = await openServers(home, options);
  try {
    needAllServers(servers, 'Collecting');
    const collected = await withLock(
      storeLock(home),
      async () => {
        const busySinceMs = await oldestPending(servers);
        const forget = run ?? null;
        if (forget !== null) await letGo(forget, home, store, servers, dryRun);
        return collect(store, {
          olderThanMs: Math.min(Date.now() - graceHours * 3_600_000, busySinceMs ?? Infinity),
          forget,
          outside: () => mentionedOutside(servers, store, forget),
          isRunning: (pid) => startedAt(pid) !== null,
          dryRun,
        });
      },
      (pid) => output.note(`waiting for process ${pid}, which collects or backs up`),
    );
    if (run !== undefined && !dryRun) await rm(join(home.runs, `${run}.json`), { force: true });
    collectedText(collected, run ?? null, graceHours, dryRun).forEach(output.text);
    output.data({ dryRun, forgot: run ?? null, ...collected });
  } finally {
    await servers.close();
  }
}

/** Checks that a run is there and has ended, and deletes it from its server. */
async function letGo(
  run: string,
  home: Home,
  store: ArtifactStore,
  servers: KnownServers,
  dryRun: boolean,
): Promise<void> {
  await refuseOpen(servers, run);
  await refuseScheduled(run, servers);
  await refuseReused(run, home, store);
  const deleted = dryRun ? 0 : await deleteRun(servers, run);
  if (deleted > 0 || (await readRunRecord(home, run)) !== null) return;
  if ((await kindsOfRun(store.root, run)).length > 0) return;
  throw new UserError(`There is no run "${run}" here to forget. \`skillgrad store usage\` lists what the store has.`);
}

/** A schedule measures the delivery of a run again, with the run's plan and tasks. */
async function refuseScheduled(run: string, servers: KnownServers): Promise<void> {
  const names = (await scheduleSettings(servers)).filter(({ origin }) => origin === run).map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return;
  throw new UserError(
    `Schedule ${names.join(', ')} measures what run ${run} delivered: \`skillgrad schedule delete ${first}\` first.`,
    2,
  );
}

/** A replay or fork takes finished work from the run that it comes from, and its account of itself leads there. */
async function refuseReused(run: string, home: Home, store: ArtifactStore): Promise<void> {
  const known = new Set(await recordedRuns(home));
  const { artifacts, named } = await takeInventory(store.root);
  for (const name of named.keys()) known.add(runOfName(name) ?? '');
  for (const { name } of artifacts.values()) {
    const plan = planIn((await readIfThere(join(store.root, name))) ?? Buffer.alloc(0));
    if (plan === null || !known.has(plan.run) || !plan.reuses.includes(run)) continue;
    throw new UserError(
      `Run ${plan.run} comes from run ${run} and uses what that has paid for: forget ${plan.run} first.`,
      2,
    );
  }
}

function planIn(bytes: Buffer): RunPlan | null {
  if (!bytes.includes('"preparedBy"')) return null;
  try {
    return RunPlan.safeParse(JSON.parse(bytes.toString('utf8'))).data ?? null;
  } catch {
    // A file of a task may hold that word.
    return null;
  }
}

async function mentionedOutside(
  servers: KnownServers,
  store: ArtifactStore,
  forget: string | null,
): Promise<Set<ArtifactRef>> {
  const mentioned = new Set<ArtifactRef>();
  for await (const { run, bytes } of recordsOutside(servers, store)) {
    if (run !== forget) for (const ref of mentionedIn(bytes)) mentioned.add(ref);
  }
  return mentioned;
}

function collectedText(collected: Collected, run: string | null, graceHours: number, dryRun: boolean): string[] {
  const { artifacts, leftovers, named, kept } = collected;
  const verb = dryRun ? 'Would take' : 'Took';
  return [
    ...(run === null ? [] : [`${verb} run ${run}: ${amountText(named)} of its own`]),
    `${verb} what nothing refers to: ${amountText(artifacts)}`,
    ...(leftovers.files === 0 ? [] : [`${verb} what cut writes left behind: ${amountText(leftovers)}`]),
    ...(kept.files === 0
      ? []
      : [
          `Left what nothing refers to yet: ${amountText(kept)}, changed within ${graceHours} h or since the oldest ` +
            'activity under way began',
        ]),
  ];
}
