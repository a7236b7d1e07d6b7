import { openStore } from '../../store/artifact-store';
import { requiredBy, type Required } from '../../store/references';
import { verifyStore } from '../../store/verify-store';
import { skillgradHome } from '../../workers/home';
import { terminal } from '../terminal/output';
import { countText } from '../terminal/sizes';
import { openServers, recordsOutside } from './known-executions';
import { noteAway } from './show-usage';
import type { StoreOptions } from './options';

/** `store verify`: reads everything; exit code 1 where something is damaged. */
export async function checkStore(options: StoreOptions): Promise<void> {
  const home = skillgradHome();
  const output = terminal(options);
  const store = await openStore(home.store);
  const servers = await openServers(home, options);
  try {
    const outside = new Map<string, Required>();
    for await (const { run, bytes } of recordsOutside(servers, store)) {
      const { records, files } = requiredBy(bytes);
      const before = outside.get(run);
      outside.set(run, {
        records: new Set([...(before?.records ?? []), ...records]),
        files: new Set([...(before?.files ?? []), ...files]),
      });
    }
    noteAway(servers, output);
    const verified = await verifyStore(store, outside);
    const { artifacts, named, leftovers, damage } = verified;
    for (const { what, problem, runs } of damage) {
      output.text(`${what}: ${problem}${runs.length === 0 ? '' : ` (run ${runs.join(', ')})`}`);
    }
    const looked = `${countText(artifacts, 'artifact')} hashed, ${countText(named, 'object')} parsed`;
    output.text(
      damage.length === 0
        ? `Store ${home.store}: ${looked}, all whole`
        : `${countText(damage.length, 'problem')} in ${home.store}; ${looked}`,
    );
    if (leftovers > 0) output.text(`${countText(leftovers, 'file')} of cut writes: \`skillgrad store gc\` takes them`);
    if (damage.length > 0) output.text('Restore what is damaged from a backup: `skillgrad store restore FOLDER`.');
    output.data(verified);
    process.exitCode = damage.length === 0 ? 0 : 1;
  } finally {
    await servers.close();
  }
}
