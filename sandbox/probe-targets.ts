import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import * as path from 'node:path';
import type { ProbeTargets } from './probes';

export interface OpenTargets {
  described: ProbeTargets;
  /** Probes that left a trace here, whatever they say of themselves. */
  traces(): string[];
  close(): Promise<void>;
}

/**
 * Opens what the probes aim at: files in `folder`, listeners that answer with the secret, and a process to be
 * signalled. Any user of the machine may reach them, so that no probe fails for file modes alone.
 */
export async function openTargets(folder: string, secret: string, variable: string): Promise<OpenTargets> {
  const sibling = path.join(folder, 'sibling.txt');
  const module = path.join(folder, 'sibling.json');
  const outside = path.join(folder, 'written');
  const unixSocket = path.join(folder, 'socket');
  const seen = new Set<string>();
  fs.chmodSync(folder, 0o777);
  fs.writeFileSync(sibling, secret);
  fs.writeFileSync(module, JSON.stringify({ secret }));

  const answering = (probe: string): Server =>
    createServer((socket) => {
      seen.add(probe);
      // A client that went away has its answer, or doesn't want it.
      socket.on('error', () => undefined);
      socket.end(secret);
    });
  const tcp = answering('tcp').listen(0, '127.0.0.1');
  const unix = answering('unix-socket').listen({ path: unixSocket, readableAll: true, writableAll: true });
  const udp = createSocket('udp4');
  udp.on('message', (_data, from) => {
    seen.add('udp');
    udp.send(secret, from.port, from.address);
  });
  udp.bind(0, '127.0.0.1');
  await Promise.all([tcp, unix, udp].map((listener) => once(listener, 'listening')));
  const victim = startVictim({ [variable]: secret });

  return {
    described: {
      ...{ secret, variable, sibling, outside, module, unixSocket },
      tcpPort: (tcp.address() as AddressInfo).port,
      udpPort: udp.address().port,
      victim: victim.pid ?? 0,
    },
    traces: () => [
      ...seen,
      ...(fs.existsSync(outside) ? ['write-outside'] : []),
      ...(victim.signalCode === null ? [] : ['signal']),
    ],
    close: async () => {
      victim.kill('SIGKILL');
      udp.close();
      await Promise.all([tcp, unix].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** A process that waits until it is ended. */
function startVictim(env: Record<string, string>): ChildProcess {
  const victim = spawn('/bin/sh', ['-c', 'read _'], { env, stdio: ['pipe', 'ignore', 'ignore'] });
  // One that can't be started can't be probed, which the probe outside the sandbox finds out.
  victim.on('error', () => undefined);
  return victim;
}
