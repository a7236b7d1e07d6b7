import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(__dirname, '..');
/** What decides how a run of the study ends: the product on its way through a run, the worlds, the settings. */
const rooms = ['records', 'skill', 'momentum', 'benchmarks', 'agents', 'activities', 'workflows', 'simulator'];
const files = ['study/settings.ts'];

/**
 * Digest of the code, prompts and worlds that a run of the study depends on.
 *
 * @param more folders that something else depends on besides
 */
export async function codeDigest(more: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256');
  const found = await Promise.all(
    [...rooms, ...more].map(async (room) =>
      (await readdir(join(root, room), { recursive: true })).map((name) => join(room, name)),
    ),
  );
  for (const path of [...found.flat().filter((name) => /\.(ts|md)$/.test(name)), ...files].sort()) {
    hash.update(`${path}\0`).update(await readFile(join(root, path)));
  }
  return hash.digest('hex').slice(0, 16);
}
