import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { divergenceTexts, keptHistoriesOf } from '../../cli/runs/verified-histories';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { historyName, storedHistories, type ExportedHistory } from '../../store/histories';
import { verifyStored } from '../../workers/history-verifier';
import { skillgradHome, type Home } from '../../workers/home';
import { openReplayer, type Replayer } from '../../workers/replay-histories';
import { workflowBundle } from '../../workers/workflow-bundle';

jest.setTimeout(120_000);

const recorded = gunzipSync(readFileSync(join(__dirname, 'whole', 'whole.base.1.json.gz'))).toString();
const runId = (digit: string): string => `00000000-0000-4000-8000-00000000000${digit}`;

let home: Home;
let store: ArtifactStore;
let replayer: Replayer;
let code: string;
beforeAll(async () => {
  home = skillgradHome({ SKILLGRAD_HOME: mkdtempSync(join(tmpdir(), 'skillgrad-histories-')) });
  store = await openStore(home.store);
  const bundle = await workflowBundle(skillgradHome().cache);
  code = bundle.digest;
  replayer = openReplayer(bundle.code);
});
afterAll(async () => {
  await replayer.close();
  rmSync(home.root, { recursive: true });
});

async function keep(workflowId: string, number: string, json: string): Promise<ExportedHistory> {
  const entry: ExportedHistory = {
    ...{ workflowId, runId: runId(number), workflowType: 'evaluate', status: 'COMPLETED' },
    startedAt: `2026-01-01T00:00:0${number}.000Z`,
    history: await store.putBytes(Buffer.from(json)),
  };
  await store.createNamed(historyName(entry), entry);
  return entry;
}

it('keeps beside a history what its replay came to, and tells of one that does not replay', async () => {
  const base = await keep('whole/base', '2', recorded);
  // As if the code scored where this history has weighed.
  const other = await keep('whole/epoch-1/gate-1', '1', recorded.replace('"name":"score"', '"name":"weigh"'));
  await keep('whole-2', '3', recorded);
  expect((await storedHistories(store, 'whole')).map(({ verification }) => verification)).toEqual([null, null]);
  expect(divergenceTexts(await keptHistoriesOf(home, 'whole'))).toEqual([]);

  await verifyStored(store, base, replayer, code);
  await verifyStored(store, other, replayer, code);
  const stored = await storedHistories(store, 'whole');
  expect(stored.map(({ workflowId }) => workflowId)).toEqual(['whole/epoch-1/gate-1', 'whole/base']);
  expect(stored[1]?.verification).toEqual({ code, divergence: null });
  const divergence = stored[0]?.verification?.divergence;
  const { events } = JSON.parse(recorded) as { events: object[] };
  const at = events.findIndex((event) => JSON.stringify(event).includes('"name":"score"')) + 1;
  expect(divergence?.event).toEqual({ id: at, type: 'ActivityTaskScheduled' });
  expect((await store.getBytes(other.history)).toString()).toContain('"name":"weigh"');

  const told = divergenceTexts(await keptHistoriesOf(home, 'whole'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(new RegExp(`whole/epoch-1/gate-1 does not replay .* event ${at}, ActivityTaskScheduled`));
});
