import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import * as path from 'node:path';
import type { ProbeTargets } from './probes';

/** Opens what the probes aim at: files in `folder`, and listeners that answer with the secret. */
export async function openTargets(
  folder: string,
  secret: string,
): Promise<{ described: ProbeTargets; close: () => Promise<void> }> {
  const sibling = path.join(folder, 'sibling.txt');
  const module = path.join(folder, 'sibling.json');
  const unixSocket = path.join(folder, 'socket');
  fs.writeFileSync(sibling, secret);
  fs.writeFileSync(module, JSON.stringify({ secret }));

  const tcp = await listen((server) => server.listen(0, '127.0.0.1'), secret);
  const unix = process.platform === 'win32' ? null : await listen((server) => server.listen(unixSocket), secret);
  const udp = createSocket('udp4');
  udp.on('message', (_data, from) => udp.send(secret, from.port, from.address));
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');

  return {
    described: {
      ...{ secret, sibling, module, unixSocket },
      variable: 'SKILLGRAD_PROBE_SECRET',
      outside: path.join(folder, 'written'),
      tcpPort: (tcp.address() as AddressInfo).port,
      udpPort: udp.address().port,
      pid: process.pid,
    },
    close: async () => {
      udp.close();
      await Promise.all([tcp, unix].map((server) => server && new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listen(bind: (server: Server) => void, secret: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(secret);
  });
  bind(server);
  await once(server, 'listening');
  return server;
}
