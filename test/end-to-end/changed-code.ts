import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const leftOut = new Set(['node_modules', '.git', 'test', 'docs', 'examples', 'study', 'performance']);

/** A copy of SkillGrad's code in a folder of its own, as another version of it would be. */
export interface ChangedCode {
  folder: string;
  remove(): void;
}

/**
 * Copies the code and puts other text into one file of it.
 *
 * @param edits text that stands in the file exactly once, and what takes its place
 */
export function changedCode(file: string, edits: readonly [from: string, to: string][]): ChangedCode {
  const folder = mkdtempSync(join(tmpdir(), 'skillgrad-next-'));
  for (const name of readdirSync(root)) {
    if (!leftOut.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  let text = readFileSync(join(folder, file), 'utf8');
  for (const [from, to] of edits) {
    if (text.split(from).length !== 2) throw new Error(`${file}: expected once, for the change: ${from}`);
    text = text.replace(from, () => to);
  }
  writeFileSync(join(folder, file), text);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
