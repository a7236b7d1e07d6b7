import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { openStore } from '../../store/artifact-store';
import { copyIdentity, copyStore, type Copied } from '../../store/copy-store';
import { verifyStore, type Verified } from '../../store/verify-store';
import { skillgradHome, type Home } from '../../workers/home';
import { withLock } from '../../workers/lock';
import { serverStatus } from '../../workers/server';
import { terminal, type Output } from '../terminal/output';
import { bytesText, countText } from '../terminal/sizes';
import { UserError } from '../terminal/user-error';
import { storeLock } from './collect-store';

interface CopyOptions {
  json?: boolean;
}

/**
 * `store backup`: a copy of this home's store, of what it knows of its runs, and of the embedded server's database where
 * that stands still. The copy is a home itself.
 */
export async function backUp(folder: string, options: CopyOptions): Promise<void> {
  const home = skillgradHome();
  const target = homeIn(folder);
  refuseNested(home, target);
  if (!existsSync(home.store)) throw new UserError(`${home.root} has no store yet: there is nothing to back up.`);
  await checkBackup(target);
  const output = terminal(options);
  await withLock(storeLock(home), async () => {
    // Before anything else is brought there: another store's backup is refused, and one that is cut short is known again.
    await copyIdentity(home.store, target.store);
    const running = (await serverStatus(home))?.running === true;
    // The database before the store: what it refers to was in the store by then.
    const database = running ? 'running' : await copyDatabase(home, target);
    const copied = await copyStore(home.store, target.store);
    await copyRecords(home, target);
    const verified = await verifyStore(await openStore(target.store));
    report({ copied, verified, from: home, to: target, output });
    if (database === 'running') {
      output.text(
        'The embedded server runs, so its database was left out: the runs in the copy can be read and audited, and what\n' +
          'their histories in the store tell. For a copy in which runs go on: `skillgrad server stop`, then once more.',
      );
    } else if (database === 'copied')
      output.text('With the database of the embedded server: runs go on from this copy.');
    output.data({ folder: target.root, database, copied, verified });
  });
}

/** `store restore`: brings into this home what a backup has and this home lacks, or has damaged. */
export async function restore(folder: string, options: CopyOptions): Promise<void> {
  const home = skillgradHome();
  const source = homeIn(folder);
  refuseNested(home, source);
  if (!existsSync(source.store)) {
    throw new UserError(
      `${source.root} is no backup: it has no folder store. \`skillgrad store backup\` makes one.`,
      2,
    );
  }
  const output = terminal(options);
  await withLock(storeLock(home), async () => {
    const copied = await copyStore(source.store, home.store);
    await copyRecords(source, home);
    const database = existsSync(home.temporal.database) ? 'kept' : await copyDatabase(source, home);
    const verified = await verifyStore(await openStore(home.store));
    report({ copied, verified, from: source, to: home, output });
    output.text(databaseText[database]);
    output.data({ folder: source.root, database, copied, verified });
  });
}

const databaseText = {
  copied: "With the server's database: `skillgrad resume RUN` goes on with a run that had not ended.",
  kept:
    "This home has a server's database already: it was kept, and the backup's was not brought. Runs that only the backup's\n" +
    'server knew can be read and audited here, not resumed; for that, restore into a new SKILLGRAD_HOME.',
  none:
    "The backup has no server's database: its runs can be read and audited here, not resumed. For a backup in which runs go\n" +
    'on, in the home that it is of: `skillgrad server stop`, then `skillgrad store backup FOLDER`.',
};

/** Refuses a folder that is neither new nor a backup. */
async function checkBackup({ root, store }: Home): Promise<void> {
  if (existsSync(join(store, 'store-id'))) return;
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return;
  throw new UserError(
    `${root} is neither empty nor a backup: it holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}. ` +
      'Name a new folder, or an earlier backup of the same store.',
    2,
  );
}

const homeIn = (folder: string): Home => skillgradHome({ SKILLGRAD_HOME: resolve(folder) });

function refuseNested(home: Home, other: Home): void {
  const inside = (outer: string, inner: string): boolean => !relative(outer, inner).startsWith('..');
  if (!inside(home.root, other.root) && !inside(other.root, home.root)) return;
  throw new UserError(`${other.root} and the home ${home.root} lie in each other: name a folder elsewhere.`, 2);
}

/** What this machine knows of its runs; records that are there already stay. */
async function copyRecords(from: Home, to: Home): Promise<void> {
  if (!existsSync(from.runs)) return;
  await mkdir(to.runs, { recursive: true });
  for (const name of (await readdir(from.runs)).filter((one) => one.endsWith('.json'))) {
    if (!existsSync(join(to.runs, name))) await copyFile(join(from.runs, name), join(to.runs, name));
  }
}

/** The database of a server that stands still, with the files that SQLite keeps beside it. */
async function copyDatabase(from: Home, to: Home): Promise<'copied' | 'none'> {
  const { database } = from.temporal;
  if (!existsSync(database)) return 'none';
  await mkdir(to.temporal.folder, { recursive: true });
  const files = (await readdir(dirname(database))).filter((name) => name.startsWith(basename(database)));
  for (const name of files) await copyFile(join(dirname(database), name), join(to.temporal.folder, name));
  return 'copied';
}

function report(what: { copied: Copied; verified: Verified; from: Home; to: Home; output: Output }): void {
  const { copied, verified, from, to, output } = what;
  output.text(
    `Brought ${countText(copied.artifacts, 'artifact')} and ${countText(copied.objects, 'object')} ` +
      `(${bytesText(copied.bytes)}) from ${from.root} to ${to.root}; ${copied.unchanged.toLocaleString('en')} were there`,
  );
  for (const what of copied.damaged) output.text(`${what} is damaged in ${from.root} and was not copied`);
  for (const { what, problem } of verified.damage) output.text(`${what} in ${to.root}: ${problem}`);
  if (copied.damaged.length + verified.damage.length > 0) process.exitCode = 1;
  else output.text('Read anew: all whole');
}
