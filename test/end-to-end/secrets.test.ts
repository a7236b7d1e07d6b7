import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { deploy, type Deployment } from './deployment';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

const key = `sk-planted+/=&${randomBytes(12).toString('hex')}`;

/** The key as it is, URL-encoded, and in base64 at each of the three offsets that it can have in a longer text. */
function disguises(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(' '.repeat(offset) + secret).toString('base64');
    // The first and the last group mix with what stands around the key.
    return encoded.slice(offset === 0 ? 0 : 4, -4);
  });
  return [
    secret,
    encodeURIComponent(secret),
    ...base64,
    ...base64.map((text) => text.replace(/\+/g, '-').replace(/\//g, '_')),
  ];
}

/** Where any disguise of the key is found in bytes, also in the entries of a zip archive such as a workbook. */
function leaks(name: string, bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString('latin1');
  const found = disguises(key).filter((disguise) => text.includes(disguise));
  const inside = text.startsWith('PK')
    ? Object.entries(unzipSync(bytes)).flatMap(([entry, content]) => leaks(`${name}!${entry}`, content))
    : [];
  return [...found.map((disguise) => `${name}: ${disguise}`), ...inside];
}

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
});
afterAll(() => deployment.stop());

it('finds the key in each of its disguises', () => {
  for (const disguise of disguises(key)) expect(leaks('file', Buffer.from(`x${disguise}y`))).not.toEqual([]);
  for (let offset = 0; offset < 4; offset += 1) {
    const longer = Buffer.from(`${'a'.repeat(offset)}Bearer ${key} and more`).toString('base64');
    expect(leaks('file', Buffer.from(longer))).not.toEqual([]);
  }
});

/** What a file holds; nothing where its writer, which still runs, has taken it away since it was listed. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

it('leaves no trace of the key in histories, artifacts, journals, databases, logs and errors', async () => {
  const { client, home, simulator } = deployment;
  await deployment.startWorker('worker', { OPENAI_API_KEY: key });
  simulator.setFaults([{ kind: 'unauthorized', rate: 1, role: 'diagnoser' }]);
  await deployment.startRun('secret');
  const { pause } = await waitForProgress(deployment, 'secret', (progress) => progress.pause !== null);
  expect(pause?.kind).toBe('model.unauthorized');
  simulator.setFaults([{ kind: 'server-error', rate: 0.05, arrivals: 1 }]);
  await client.workflow.getHandle('secret').executeUpdate('resume', { args: [{ by: 'test' }] });
  await deployment.result('secret');

  const files = readdirSync(home.root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(home.root, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  expect(files.some((path) => path.endsWith('temporal.db-wal'))).toBe(true);
  expect(files.some((path) => path.endsWith('worker.log') && bytesOf(path).length > 0)).toBe(true);
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((path) => leaks(path, bytesOf(path)))).toEqual([]);

  for await (const { workflowId, runId } of client.workflow.list({ query: 'WorkflowId STARTS_WITH "secret"' })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const payloads = JSON.stringify(history, (_name, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(leaks(workflowId, Buffer.from(payloads + historyToJSON(history)))).toEqual([]);
  }
});
