import { readState } from '../../workers/state-file';
import { ServerState } from '../../workers/server-state';
import { crashTests } from './crash-tests';

jest.setTimeout(600_000);

crashTests('server', async ({ home }) => {
  const server = await readState(home.temporal.state, ServerState);
  if (server === null) throw new Error('there is no server to kill');
  process.kill(server.pid, 'SIGKILL');
});
