/** What the probes aim at; all of it is ours, harmless, and really there. */
export interface ProbeTargets {
  secret: string;
  /** Environment variable of the supervising process that holds the secret. */
  variable: string;
  /** File beside the work directory that holds the secret. */
  sibling: string;
  /** Path beside the work directory that doesn't exist yet. */
  outside: string;
  /** JSON file beside the work directory, for loading it as a module. */
  module: string;
  tcpPort: number;
  udpPort: number;
  unixSocket: string;
  /** The supervising process. */
  pid: number;
}

/** Names of the probes that mean something on a platform. */
export function probes(platform: NodeJS.Platform): string[] {
  const everywhere = ['sibling-file', 'sibling-module', 'environment', 'write-outside', 'link-outside', 'tcp', 'udp'];
  if (platform === 'win32') return everywhere;
  return [...everywhere, 'unix-socket', 'password-file', ...(platform === 'linux' ? ['parent-environment'] : [])];
}

/**
 * A module that tries each probe and prints `{ probe: 'done' | 'refused' }`; it runs under Node and Deno alike. A probe
 * is done only when it got what it was after: the secret, an answer, a file in place.
 */
export const probeProgram = `
import fs from 'node:fs';
import net from 'node:net';
import dgram from 'node:dgram';
import process from 'node:process';
const t = JSON.parse(fs.readFileSync('targets.json', 'utf8'));
const holds = (text) => { if (!String(text).includes(t.secret)) throw new Error('not the secret'); };
const answer = (socket) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('no answer')), 1500);
  socket.on('error', reject);
  socket.on('data', (data) => { socket.destroy(); resolve(holds(data)); });
});
const attempts = {
  'sibling-file': () => holds(fs.readFileSync(t.sibling, 'utf8')),
  'sibling-module': async () => holds((await import(t.module, { with: { type: 'json' } })).default.secret),
  'environment': () => holds(process.env[t.variable]),
  'write-outside': () => fs.writeFileSync(t.outside, 'x'),
  'link-outside': () => { fs.symlinkSync(t.sibling, 'link'); holds(fs.readFileSync('link', 'utf8')); },
  'tcp': () => answer(net.connect(t.tcpPort, '127.0.0.1')),
  'udp': () => new Promise((resolve, reject) => {
    const socket = dgram.createSocket('udp4');
    setTimeout(() => reject(new Error('no answer')), 1500);
    socket.on('error', reject);
    socket.on('message', (data) => { socket.close(); resolve(holds(data)); });
    socket.send('x', t.udpPort, '127.0.0.1');
  }),
  'unix-socket': () => answer(net.connect(t.unixSocket)),
  'password-file': () => { if (!fs.readFileSync('/etc/passwd', 'utf8').includes('root')) throw new Error('empty'); },
  'parent-environment': () => {
    if (fs.readFileSync('/proc/' + t.pid + '/environ').length === 0) throw new Error('empty');
  },
};
// Some refusals are thrown beside the promise that waits for them.
const outcome = {};
let refuse = () => undefined;
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => refuse(error));
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await Promise.race([attempt(), new Promise((_, reject) => (refuse = reject))]);
    outcome[name] = 'done';
  } catch {
    outcome[name] = 'refused';
  }
}
console.log(JSON.stringify(outcome));
process.exit(0);
`;
