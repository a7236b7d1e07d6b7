import { lstat, mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { FileEntry } from '../../records/artifact';
import type { MomentumRecord } from '../../records/momentum';
import { momentumMarkdown } from '../../momentum/markdown';
import { writePackage } from '../../skill/package';
import { namingFile } from '../../workers/state-file';
import { UserError } from '../terminal/user-error';
import type { KeptHistory } from './kept-histories';
import { skillDiff } from './skill-diff';

/** What is written out of a run, ended or not. */
export interface Delivery {
  skillName: string;
  skill: FileEntry[];
  /** null where it isn't known: then there is no diff. */
  seed: FileEntry[] | null;
  /** Becomes `result.json`. */
  report: object;
  momentum: MomentumRecord | null;
  histories: KeptHistory[];
}

/** Where the parts of a written delivery lie; null: there was nothing to write. */
export interface WrittenResult {
  folder: string;
  skill: string;
  report: string;
  diff: string | null;
  momentum: string | null;
  histories: string | null;
}

/** Whether nothing stands at `folder`. */
export async function isFree(folder: string): Promise<boolean> {
  return (await lstat(folder).catch(absent)) === null;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/**
 * Refuses a target that exists and isn't an empty folder.
 *
 * @throws UserError that says what is there
 */
export async function checkTarget(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    const what = error.code === 'ENOTDIR' ? 'is a file' : `cannot be read (${error.code})`;
    throw new UserError(`--out ${folder}: ${what}. Name a new or empty folder.`, 2, { cause: error });
  });
  if (names.length === 0) return;
  throw new UserError(
    `--out ${folder}: the folder is not empty (it holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}). ` +
      'Name a new or empty folder.',
    2,
  );
}

/**
 * Writes a delivery as a folder: the skill under its own name, `result.json`, `skill.diff`, `momentum.md` and
 * `histories/`. It is written aside and renamed, so that nothing half-written is ever seen under `folder`.
 *
 * @throws UserError when the folder isn't empty; the system's error when it can't be written
 */
export async function writeResult(folder: string, delivery: Delivery): Promise<WrittenResult> {
  const target = resolve(folder);
  await checkTarget(target);
  await mkdir(dirname(target), { recursive: true });
  const aside = await mkdtemp(join(dirname(target), `.${basename(target)}.partial-`));
  try {
    const parts = await writeParts(aside, delivery);
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(aside, target);
    const at = (name: string | null): string | null => (name === null ? null : join(target, name));
    return {
      folder: target,
      skill: join(target, delivery.skillName),
      report: join(target, 'result.json'),
      diff: at(parts.diff),
      momentum: at(parts.momentum),
      histories: at(parts.histories),
    };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

type PartNames = Record<'diff' | 'momentum' | 'histories', string | null>;

async function writeParts(folder: string, delivery: Delivery): Promise<PartNames> {
  const { skillName, skill, seed, report, momentum, histories } = delivery;
  const write = (name: string, content: string | Uint8Array): Promise<void> =>
    namingFile(join(folder, name), () => writeFile(join(folder, name), content));
  await writePackage(join(folder, skillName), { files: skill }, 'lenient');
  await write('result.json', `${JSON.stringify(report, null, 2)}\n`);
  const names: PartNames = { diff: null, momentum: null, histories: null };
  if (seed !== null) {
    names.diff = 'skill.diff';
    await write(names.diff, skillDiff(seed, skill));
  }
  if (momentum !== null) {
    names.momentum = 'momentum.md';
    await write(names.momentum, momentumMarkdown(momentum));
  }
  if (histories.length > 0) {
    names.histories = 'histories';
    await mkdir(join(folder, names.histories));
    for (const { fileName, bytes } of histories) await write(join(names.histories, fileName), bytes);
  }
  return names;
}
