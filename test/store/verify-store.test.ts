import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type ArtifactStore } from '../../store/artifact-store';
import { fileOfArtifact, fileOfName } from '../../store/places';
import { verifyStore } from '../../store/verify-store';

let root: string;
let store: ArtifactStore;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'skillgrad-verify-'));
  store = await openStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const noRef = `sha256:${'0'.repeat(64)}`;
const ending = (run: string, result: object): Promise<boolean> =>
  store.createNamed(`journal/${run}/patch-s1/ending`, { claim: 1, result });

it('finds a whole store whole, whatever files and texts in it say', async () => {
  const files = [{ path: 'data.json', mode: 0o644, bytes: Buffer.from(JSON.stringify({ hash: noRef })) }];
  await ending('a', { tree: await store.putTree(files), content: noRef });
  expect(await verifyStore(store)).toMatchObject({ artifacts: 2, named: 1, damage: [] });
});

it('names a damaged artifact, the record that needs it, and each run that does', async () => {
  const file = await store.putBytes(Buffer.from('workbook'));
  const tree = await store.putJson({ entries: [{ path: 'a', mode: 420, artifact: file }] });
  await ending('a', { tree });
  await ending('b', { pages: await store.putJson({ previous: tree, rollouts: [] }) });
  appendFileSync(fileOfArtifact(root, file), '!');
  const { damage } = await verifyStore(store);
  expect(damage).toMatchObject([{ what: `artifact ${file}`, runs: ['a', 'b'] }]);
  expect(damage[0]?.problem).toContain(`artifact ${tree} needs it`);
});

it('names an artifact that a history of the server needs and the store lacks', async () => {
  const outside = new Map([['open-run', { records: new Set([noRef]), files: new Set<string>() }]]);
  const { damage } = await verifyStore(store, outside);
  expect(damage).toMatchObject([{ what: `artifact ${noRef}`, runs: ['open-run'] }]);
});

it('names a torn object and one of a shape that no version wrote', async () => {
  await ending('a', { patterns: 1 });
  await store.createNamed('journal/b/patch-s1/claim-000001', { owner: 7 });
  truncateSync(fileOfName(root, 'journal/a/patch-s1/ending'), 8);
  const { damage } = await verifyStore(store);
  expect(damage.map(({ what, runs }) => [what, ...runs])).toEqual([
    ['object journal/a/patch-s1/ending', 'a'],
    ['object journal/b/patch-s1/claim-000001', 'b'],
  ]);
});
