import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry } from '../../records/artifact';
import type { MomentumRecord } from '../../records/momentum';
import { momentumMarkdown } from '../../momentum/markdown';
import { writePackage } from '../../skill/package';
import { namingFile } from '../../workers/state-file';
import type { KeptHistory } from './kept-histories';
import { skillDiff } from './skill-diff';
import { writeFolder } from './write-folder';

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

/**
 * Writes a delivery as a folder: the skill under its own name, `result.json`, `skill.diff`, `momentum.md` and
 * `histories/`, whole or not at all.
 *
 * @throws UserError when the folder isn't empty; the system's error when it can't be written
 */
export async function writeResult(folder: string, delivery: Delivery): Promise<WrittenResult> {
  const { target, written: parts } = await writeFolder(folder, (aside) => writeParts(aside, delivery));
  const at = (name: string | null): string | null => (name === null ? null : join(target, name));
  return {
    folder: target,
    skill: join(target, delivery.skillName),
    report: join(target, 'result.json'),
    diff: at(parts.diff),
    momentum: at(parts.momentum),
    histories: at(parts.histories),
  };
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
