import { readState } from '../../workers/state-file';
import { ServerState } from '../../workers/server-state';
import { crashTests } from './crash-tests';
import type { Deployment } from './deployment';

jest.setTimeout(600_000);

async function killServer({ home }: Deployment): Promise<void> {
  const server = await readState(home.temporal.state, ServerState);
  if (server === null) throw new Error('there is no server to kill');
  process.kill(server.pid, 'SIGKILL');
}

crashTests(
  { what: 'server', runs: [['turn-journaled', 'patch', 'gate']], strike: killServer },
  {
    what: 'worker and server',
    runs: [['mid-turn', 'accumulate']],
    strike: async (deployment, worker) => {
      await Promise.all([worker.kill(), killServer(deployment)]);
      await deployment.startWorker();
    },
  },
);
