import type { FileEntry } from '../records/artifact';
import { thirdLayer } from './invariants/change';
import { linksIn } from './links';
import { mentions, mentionsIn } from './pointers';

/** The files of a package, and the body of its SKILL.md. */
interface Pointing {
  files: readonly FileEntry[];
  body: string;
}

/** A file of a package, and the path that it points to. */
interface PackagePointer {
  file: string;
  path: string;
}

/**
 * Paths that a file points to, from the package's root. Only Markdown points: a script may name a file that it makes.
 */
export function pointersOf(file: string, text: string): string[] {
  if (!file.endsWith('.md')) return [];
  const links = linksIn(text, file).filter((path) => path.endsWith('.md'));
  return [...new Set([...mentionsIn(text), ...links])];
}

/** Pointers to what the package does not hold, neither as a file nor as a folder with files; SKILL.md comes first. */
export function brokenPointers({ files, body }: Pointing): PackagePointer[] {
  const isHeld = (path: string): boolean =>
    files.some((file) => file.path === path || file.path.startsWith(`${path}/`));
  return [['SKILL.md', body] as const, ...thirdLayer({ files })].flatMap(([file, text]) =>
    pointersOf(file, text).flatMap((path) => (isHeld(path) ? [] : [{ file, path }])),
  );
}

/** Whether the body, another file, or a script by the file's mere name says that a file of the third layer is there. */
export function isNamed(path: string, { files, body }: Pointing): boolean {
  if (mentions(body, path)) return true;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return [...thirdLayer({ files })].some(
    ([file, text]) => file !== path && (mentions(text, path) || (file.startsWith('scripts/') && text.includes(name))),
  );
}
