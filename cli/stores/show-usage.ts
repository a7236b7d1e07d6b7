import type { ArtifactRef } from '../../records/artifact';
import { openStore } from '../../store/artifact-store';
import { mentionedIn } from '../../store/references';
import { skillgradHome } from '../../workers/home';
import { terminal, type Output } from '../terminal/output';
import { bytesText, columnsText, countText } from '../terminal/sizes';
import { UserError } from '../terminal/user-error';
import { openServers, recordsOutside, type KnownServers } from './known-executions';
import type { StoreOptions } from './options';
import { storeUsage, type Amount, type RunUsage, type StoreUsage } from './usage';

/** `store usage [RUN]`: what the store, and each run in it, takes. */
export async function showUsage(run: string | undefined, options: StoreOptions): Promise<void> {
  const home = skillgradHome();
  const output = terminal(options);
  const store = await openStore(home.store);
  const servers = await openServers(home, options);
  try {
    const usage = await storeUsage(store, await mentionedOutside(servers, store));
    noteAway(servers, output);
    const shown = run === undefined ? usage.runs : usage.runs.filter((one) => one.run === run);
    if (run !== undefined && shown.length === 0) {
      throw new UserError(
        `The store ${home.store} has nothing of a run "${run}". \`skillgrad store usage\` lists all.`,
      );
    }
    if (run === undefined) overview(usage, home.store).forEach(output.text);
    else shown.flatMap(detail).forEach(output.text);
    output.data(run === undefined ? usage : shown[0]);
  } finally {
    await servers.close();
  }
}

/** What histories that the store has no copy of mention, by run. */
async function mentionedOutside(
  servers: KnownServers,
  store: Awaited<ReturnType<typeof openStore>>,
): Promise<Map<string, Set<ArtifactRef>>> {
  const outside = new Map<string, Set<ArtifactRef>>();
  for await (const { run, bytes } of recordsOutside(servers, store)) {
    outside.set(run, new Set([...(outside.get(run) ?? []), ...mentionedIn(bytes)]));
  }
  return outside;
}

/** Says what couldn't be asked: artifacts that only its histories refer to then belong to no run here. */
export function noteAway({ away }: KnownServers, output: Output): void {
  for (const reason of away) {
    output.note(`What only its histories refer to is counted for no run. ${reason}`);
  }
}

function overview({ total, runs, unreferenced, leftovers }: StoreUsage, root: string): string[] {
  const rows = [
    ['RUN', 'FILES', 'BYTES', 'ON DISK', 'SHARED', 'A TASK'],
    ...runs.map((usage) => [
      usage.run,
      usage.total.files.toLocaleString('en'),
      bytesText(usage.total.bytes),
      bytesText(usage.total.diskBytes),
      bytesText(usage.shared.bytes),
      perTask(usage) ?? '–',
    ]),
  ];
  return [
    `Store ${root}: ${amountText(total)}`,
    ...(runs.length === 0 ? [] : ['', ...columnsText(rows, [1, 2, 3, 4, 5])]),
    '',
    `Needed by no run  ${amountText(unreferenced)}`,
    ...(leftovers.files === 0 ? [] : [`Of cut writes     ${amountText(leftovers)}`]),
  ];
}

function detail(usage: RunUsage): string[] {
  const kinds = Object.entries(usage.kinds).sort(([, a], [, b]) => b.diskBytes - a.diskBytes);
  const row = (name: string, { files, bytes, diskBytes }: Amount): string[] => [
    name,
    files.toLocaleString('en'),
    bytesText(bytes),
    bytesText(diskBytes),
  ];
  const rows = [
    ['KIND', 'FILES', 'BYTES', 'ON DISK'],
    ...kinds.map(([name, amount]) => row(name, amount)),
    row('all', usage.total),
    row('of it shared', usage.shared),
  ];
  const each = perTask(usage);
  return [
    `Run ${usage.run}`,
    ...columnsText(rows, [1, 2, 3]),
    ...(each === null ? [] : [`${each} on disk for each of ${countText(usage.tasks ?? 0, 'task')}`]),
    ...(usage.rollouts === 0
      ? []
      : [`${bytesText(usage.total.diskBytes / usage.rollouts)} for each of ${countText(usage.rollouts, 'rollout')}`]),
  ];
}

function perTask({ total, tasks }: RunUsage): string | null {
  return tasks === null || tasks === 0 ? null : bytesText(total.diskBytes / tasks);
}

/** `1,204 files, 5.1 MB (8.2 MB on disk)`. */
export function amountText({ files, bytes, diskBytes }: Amount): string {
  return `${countText(files, 'file')}, ${bytesText(bytes)} (${bytesText(diskBytes)} on disk)`;
}
