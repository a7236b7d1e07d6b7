import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import * as path from 'node:path';
import { describeEach, fill, run, runUnconfined, temporaryDirectory } from './sandboxes';

const secret = randomBytes(12).toString('hex');
const outside = temporaryDirectory();
const contacts = { tcp: 0, udp: 0, unix: 0 };
const listeners: Server[] = [];
const udp = createSocket('udp4');
let tcpPort = 0;
let udpPort = 0;

beforeAll(async () => {
  fs.chmodSync(outside, 0o777);
  fill(outside, { 'secret.txt': secret, 'secret.json': JSON.stringify({ secret }) });
  const listen = async (
    kind: 'tcp' | 'unix',
    at: { port: number; host: string } | { path: string },
  ): Promise<Server> => {
    const server = createServer((socket) => {
      contacts[kind] += 1;
      socket.on('error', () => undefined);
      socket.end(secret);
    });
    listeners.push(server);
    server.listen({ ...at, readableAll: true, writableAll: true });
    await once(server, 'listening');
    return server;
  };
  tcpPort = ((await listen('tcp', { port: 0, host: '127.0.0.1' })).address() as AddressInfo).port;
  await listen('unix', { path: path.join(outside, 'socket') });
  udp.on('message', (_data, from) => {
    contacts.udp += 1;
    udp.send(secret, from.port, from.address);
  });
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  udpPort = udp.address().port;
});

afterAll(() => {
  udp.close();
  for (const server of listeners) server.close();
});

/** Prints what it got, or the refusal; network refusals may come as an uncaught error. */
const attempt = (body: string): string => `
import fs from 'node:fs';
import net from 'node:net';
import dgram from 'node:dgram';
import process from 'node:process';
const end = (text) => { console.log(text); process.exit(0); };
process.on('uncaughtException', (error) => end('refused: ' + error.message));
process.on('unhandledRejection', (error) => end('refused: ' + error.message));
setTimeout(() => end('refused: no answer'), 3000);
const got = (data) => end('got ' + data);
try { ${body} } catch (error) { end('refused: ' + error.message); }
`;

/** The secret is got outside; inside it isn't. */
const attacks: Record<string, () => string> = {
  'reads a sibling of the work directory': () => `got(fs.readFileSync('${outside}/secret.txt', 'utf8'));`,
  'reads a sibling by a relative path': () =>
    `got(fs.readFileSync('../${path.basename(outside)}/secret.txt', 'utf8'));`,
  'reads a sibling through a symlink': () =>
    `fs.symlinkSync('${outside}/secret.txt', 'l'); got(fs.readFileSync('l', 'utf8'));`,
  'reads a sibling through a hard link': () =>
    `fs.linkSync('${outside}/secret.txt', 'h'); got(fs.readFileSync('h', 'utf8'));`,
  'reads a sibling by /proc/self/root': () => `got(fs.readFileSync('/proc/self/root${outside}/secret.txt', 'utf8'));`,
  'loads a sibling as a module': () =>
    `const json = { with: { type: 'json' }, assert: { type: 'json' } };
     got((await import('${outside}/secret.json', json)).default.secret);`,
  'requires a sibling': () =>
    `got((await import('node:module')).createRequire(import.meta.url)('${outside}/secret.json').secret);`,
  'reads the environment': () => `got(process.env.SECRET_OF_THE_WORKER);`,
  'connects by TCP': () => `net.connect(${tcpPort}, '127.0.0.1').on('data', got);`,
  'fetches by HTTP': () =>
    `fetch('http://127.0.0.1:${tcpPort}').catch((error) => end(error.cause?.code?.startsWith('HPE') ? 'got ${secret}' : 'refused'));`,
  'sends by UDP': () =>
    `const s = dgram.createSocket('udp4'); s.on('message', got); s.send('x', ${udpPort}, '127.0.0.1');`,
  'connects to a unix socket': () => `net.connect('${outside}/socket').on('data', got);`,
};

describeEach((open) => {
  beforeAll(() => {
    process.env['SECRET_OF_THE_WORKER'] = secret;
  });
  afterAll(() => {
    delete process.env['SECRET_OF_THE_WORKER'];
  });

  for (const [attack, body] of Object.entries(attacks)) {
    it(`refuses code that ${attack}`, async () => {
      const source = attempt(body());
      expect(await unconfined(source)).toBe(`got ${secret}\n`);
      const contactsBefore = { ...contacts };
      const { stdout } = await run(open, source);
      expect(stdout).not.toContain(secret);
      // It ran as far as being refused.
      expect(stdout).toMatch(/^(refused|got undefined)/);
      expect(contacts).toEqual(contactsBefore);
    });
  }

  it('refuses code that reads /etc/passwd', async () => {
    const source = attempt(`got(fs.readFileSync('/etc/passwd', 'utf8').includes('root'));`);
    expect(runUnconfined(source)).toBe('got true\n');
    expect((await run(open, source)).stdout).toMatch(/^refused/);
  });

  it('refuses code that writes, makes and removes outside', async () => {
    const source = (name: string): string => `
      import fs from 'node:fs';
      const done = [];
      const attempt = (what, act) => { try { act(); done.push(what); } catch {} };
      attempt('write', () => fs.writeFileSync('${outside}/${name}', 'x'));
      attempt('mkdir', () => fs.mkdirSync('${outside}/${name}-dir'));
      attempt('copy', () => fs.copyFileSync('${outside}/secret.txt', '${outside}/${name}-copy'));
      attempt('rename', () => fs.renameSync('${outside}/${name}-copy', '${outside}/${name}-moved'));
      attempt('remove', () => fs.rmSync('${outside}/${name}-moved'));
      console.log(done.join());`;
    for (const name of ['free', 'free-dir']) fs.rmSync(path.join(outside, name), { recursive: true, force: true });
    expect(runUnconfined(source('free'))).toBe('write,mkdir,copy,rename,remove\n');
    const before = fs.readdirSync(outside);
    expect(await run(open, source('confined'))).toMatchObject({ stdout: '\n', exitCode: 0 });
    expect(fs.readdirSync(outside)).toEqual(before);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('refuses code that reads the environment or memory map of the supervising process', async () => {
    for (const file of ['environ', 'maps', 'cwd/package.json']) {
      const source = attempt(`got(fs.readFileSync('/proc/${process.pid}/${file}').length > 0);`);
      expect(runUnconfined(source)).toBe('got true\n');
      expect((await run(open, source)).stdout).toMatch(/^refused/);
    }
  });
});

/** Not synchronous, since this process answers. */
async function unconfined(source: string): Promise<string> {
  const { execFile } = await import('node:child_process');
  const cwd = fill(temporaryDirectory(), { 'program.mjs': source });
  const env = { PATH: process.env['PATH'], SECRET_OF_THE_WORKER: secret };
  return new Promise((resolve, reject) =>
    execFile(process.execPath, ['program.mjs'], { cwd, env }, (error, stdout) =>
      error ? reject(new Error(error.message)) : resolve(stdout),
    ),
  );
}
