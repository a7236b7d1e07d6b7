import * as os from 'node:os';
import type { SandboxBackend } from '../records/run-config';

/** What the probes aim at; all of it is ours, harmless, really there, and open to any user of the machine. */
export interface ProbeTargets {
  secret: string;
  /** Environment variable of the supervising process that holds the secret. */
  variable: string;
  /** File beside the work directory that holds the secret. */
  sibling: string;
  /** Path beside the work directory where nothing is yet. */
  outside: string;
  /** JSON file beside the work directory, for loading it as a module. */
  module: string;
  tcpPort: number;
  udpPort: number;
  unixSocket: string;
  /** A process of the supervising user with the secret in its environment; a signal would end it. */
  victim: number;
}

/** Left in the work directory by the probe `link-outside`, if it can. */
export const plantedLink = 'link';

/** Must be done inside as well: a sandbox in which nothing runs proves nothing. */
export const ownFileProbe = 'own-file';

/** Names of the probes that mean something for a backend here; each must succeed outside and fail inside. */
export function probesFor(backend: SandboxBackend): string[] {
  return [
    ...['sibling-file', 'sibling-module', 'environment', 'write-outside', 'link-outside', 'password-file'],
    ...['tcp', 'udp', 'unix-socket'],
    ...(os.platform() === 'linux' ? ['parent-environment'] : []),
    // Deno starts no program at all; in bubblewrap any may run, with no way to more rights.
    backend === 'deno' ? 'subprocess' : 'user-namespace',
    // The last: it ends the process that another aims at.
    'signal',
  ];
}

/**
 * A module that tries each probe named in targets.json and prints `{ probe: 'done' | why not }` as its last line; it
 * runs under Node and Deno alike. A probe is done only when it got what it was after: the secret, an answer, a file in
 * place.
 */
export const probeProgram = `
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import process from 'node:process';
const { targets: t, probes } = JSON.parse(fs.readFileSync('targets.json', 'utf8'));
const holds = (text) => { if (!String(text).includes(t.secret)) throw new Error('not the secret'); };
const within = (attempt) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('no answer')), 1500);
  attempt((data) => resolve(holds(data)), reject);
});
const answer = (...to) => within((resolve, reject) => {
  const socket = net.connect(...to);
  socket.on('error', reject);
  socket.on('data', resolve);
});
// Both spellings of import attributes; the path is never in the program's own graph.
const json = { with: { type: 'json' }, assert: { type: 'json' } };
const attempts = {
  'own-file': () => {
    fs.writeFileSync('own', t.secret);
    holds(fs.readFileSync('own', 'utf8'));
  },
  'sibling-file': () => holds(fs.readFileSync(t.sibling, 'utf8')),
  'sibling-module': async () => holds((await import(t.module, json)).default.secret),
  'environment': () => holds(process.env[t.variable]),
  'write-outside': () => fs.writeFileSync(t.outside, 'x'),
  'link-outside': () => {
    fs.symlinkSync(t.sibling, '${plantedLink}');
    holds(fs.readFileSync('${plantedLink}', 'utf8'));
  },
  'password-file': () => {
    if (!fs.readFileSync('/etc/passwd', 'utf8').includes('root')) throw new Error('empty');
  },
  'tcp': () => answer(t.tcpPort, '127.0.0.1'),
  'udp': () => within((resolve, reject) => {
    const socket = dgram.createSocket('udp4');
    socket.on('error', reject);
    socket.on('message', resolve);
    // Connected, so that a refusal is told of.
    socket.connect(t.udpPort, '127.0.0.1', (error) => (error ? reject(error) : socket.send('x')));
  }),
  'unix-socket': () => answer(t.unixSocket),
  'parent-environment': () => holds(fs.readFileSync('/proc/' + t.victim + '/environ', 'utf8')),
  'signal': () => {
    // In a process namespace of its own that number may be this very process.
    process.on('SIGUSR2', () => undefined);
    process.kill(t.victim, 'SIGUSR2');
    if (process.pid === t.victim) throw new Error('only itself');
  },
  'subprocess': () => execFileSync('/bin/sh', ['-c', 'true']),
  'user-namespace': () => execFileSync('unshare', ['--user', 'true'], { stdio: 'pipe' }),
};
// Some refusals are thrown beside the promise that waits for them.
let refuse = () => undefined;
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => refuse(error));
const outcome = {};
for (const name of probes) {
  try {
    await Promise.race([attempts[name](), new Promise((_, reject) => (refuse = reject))]);
    outcome[name] = 'done';
  } catch (error) {
    outcome[name] = 'not done: ' + String(error?.message ?? error).split('\\n')[0];
  }
}
console.log(JSON.stringify(outcome));
process.exit(0);
`;
