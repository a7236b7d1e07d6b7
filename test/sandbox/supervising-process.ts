import { openBubblewrap } from '../../sandbox/bubblewrap';
import { openDeno } from '../../sandbox/deno';
import { profiles } from '../../records/run-config';

/** Runs a file in a sandbox until somebody kills this process. Arguments: backend, work directory, file. */
async function main([backend, workDir, file]: string[]): Promise<void> {
  const sandbox = await (backend === 'deno' ? openDeno() : openBubblewrap());
  if (workDir && file) await sandbox.run({ workDir, file, limits: profiles.default.sandboxLimits });
}

void main(process.argv.slice(2));
