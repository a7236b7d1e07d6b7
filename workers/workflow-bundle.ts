import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { namingFile } from './state-file';

const root = dirname(__dirname);

/** Rooms whose code may end up in the bundle; the linter keeps all others out. */
const bundledRooms = ['workflows', 'records', 'activities', 'momentum'];
/** Packages whose versions decide what the bundle holds. */
const bundledPackages = ['@temporalio/worker', '@temporalio/workflow', 'zod'];
const keptBundles = 5;

/**
 * Prebuilt workflow code, for `Worker.create({ workflowBundle })`, and the digest of the sources that it is made of. It is
 * held in memory: the cache drops old bundles, and a worker verifies histories for as long as it lives.
 */
export interface WorkflowBundle {
  code: string;
  digest: string;
}

/** The workflows as one prebuilt bundle, made once for each state of their sources and kept in the cache. */
export async function workflowBundle(cache: string): Promise<WorkflowBundle> {
  const folder = join(cache, 'bundles');
  const digest = await digestOfSources();
  const codePath = join(folder, `workflows-${digest}.js`);
  const kept = await readFile(codePath, 'utf8').catch(absent);
  if (kept !== null) return { code: kept, digest };
  await mkdir(folder, { recursive: true });
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve(join(root, 'workflows')),
    logger: new DefaultLogger('ERROR'),
  });
  const aside = `${codePath}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await namingFile(codePath, () => writeFile(aside, code));
    await rename(aside, codePath);
  } finally {
    await rm(aside, { force: true });
  }
  await removeOldBundles(folder);
  return { code, digest };
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** Digest of all code that a bundle or a worker is made of; another one means that a running worker is out of date. */
export async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of bundledPackages) {
    hash.update(await readFile(join(packageFolder(name), 'package.json')));
  }
  for (const room of bundledRooms) {
    for (const path of await sources(join(root, room))) hash.update(`${path}\0`).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 24);
}

function packageFolder(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    if (existsSync(join(folder, name, 'package.json'))) return join(folder, name);
  }
  throw new Error(`Package ${name} is not installed; run \`npm ci\` in ${root}.`);
}

async function sources(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
    .map((entry) => join(entry.path, entry.name))
    .sort();
}

async function removeOldBundles(folder: string): Promise<void> {
  const bundles = (await readdir(folder)).filter((name) => /^workflows-[0-9a-f]+\.js$/.test(name));
  const dated = await Promise.all(
    bundles.map(async (name) => ({ name, madeMs: (await stat(join(folder, name))).mtimeMs })),
  );
  dated.sort((a, b) => b.madeMs - a.madeMs);
  for (const { name } of dated.slice(keptBundles)) await rm(join(folder, name), { force: true });
}
