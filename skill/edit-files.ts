import type { FileEntry } from '../records/artifact';
import type { FileEdit } from '../records/patch';
import { decodeText, encodeText, lineEnd } from './frontmatter';
import { relinked } from './links';
import { sortFiles } from './package';

/** Why an edit of a file was refused, or the files that it makes. */
type Changed = { files: FileEntry[] } | { refused: string };

/** Writes, edits or deletes one reference or script; a rename only checks here, since what names the file follows last. */
export function changeFile(files: readonly FileEntry[], edit: FileEdit): Changed {
  const folder = edit.op.endsWith('-script') ? 'scripts/' : 'references/';
  const kind = folder === 'scripts/' ? 'script' : 'reference';
  const existing = files.find(({ path }) => path === edit.path && path.startsWith(folder));
  if (edit.op === 'write-reference' || edit.op === 'write-script') return write(files, edit, existing, kind);
  if (existing === undefined) {
    const known = files.map(({ path }) => path).filter((path) => path.startsWith(folder));
    return { refused: `there is no ${kind} ${edit.path}; the ${kind}s are: ${known.join(', ') || 'none'}` };
  }
  switch (edit.op) {
    case 'delete-reference':
    case 'delete-script':
      return { files: files.filter((file) => file !== existing) };
    case 'rename-reference':
    case 'rename-script': {
      if (edit.to === edit.path) return { refused: `it changes nothing: the file is named ${edit.to} already` };
      const taken = files.some(({ path }) => path === edit.to);
      return taken ? { refused: `${edit.to} exists; choose another name, or delete it first` } : { files: [...files] };
    }
    case 'edit-reference':
    case 'edit-script':
      return replaceOnce(files, existing, edit.old, edit.text);
    default:
      return edit satisfies never;
  }
}

function write(
  files: readonly FileEntry[],
  { path, text }: { path: string; text: string },
  existing: FileEntry | undefined,
  kind: string,
): Changed {
  if (text.trim() === '') return { refused: `the text is blank; to remove a file use delete-${kind}` };
  const bytes = encodeText(text.endsWith('\n') ? text : `${text}\n`);
  if (existing !== undefined && decodeText(existing.bytes) === decodeText(bytes)) {
    return { refused: `it changes nothing: ${path} says exactly this already` };
  }
  return { files: putFile(files, path, bytes) };
}

function replaceOnce(files: readonly FileEntry[], file: FileEntry, old: string, text: string): Changed {
  const { path } = file;
  const before = decodeText(file.bytes);
  if (before === null) return { refused: `${path} is not text in UTF-8; it can only be deleted or renamed` };
  const eol = lineEnd(before);
  const inLineEnds = (raw: string): string => raw.replace(/\r?\n/g, eol);
  const wanted = before.includes(old) ? old : inLineEnds(old);
  const at = before.indexOf(wanted);
  if (at === -1)
    return { refused: `the old text does not stand in ${path}; copy it exactly, blanks and line ends too` };
  const again = before.split(wanted).length - 1;
  if (again > 1 || before.includes(wanted, at + 1)) {
    return { refused: `the old text stands ${Math.max(again, 2)} times in ${path}; include more of what is around it` };
  }
  const after = before.slice(0, at) + inLineEnds(text) + before.slice(at + wanted.length);
  if (after === before) return { refused: `it changes nothing: ${path} says exactly this already` };
  if (after.trim() === '') return { refused: `nothing would be left of ${path}; delete the file instead` };
  return { files: putFile(files, path, encodeText(after)) };
}

/** Gives a file another name and changes it in every text of the package that names it or links to it. */
export function renameFile(files: readonly FileEntry[], from: string, to: string): FileEntry[] {
  const escaped = from.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const named = new RegExp(`(?<![\\p{L}\\p{N}_/-])((?:\\./)?)${escaped}(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])`, 'gu');
  return sortFiles(
    files.map((file) => {
      const path = file.path === from ? to : file.path;
      const text = decodeText(file.bytes);
      if (text === null || text.includes('\0')) return { ...file, path };
      const followed = text.replace(named, (_, lead: string) => lead + to);
      const next = relinked(followed, { file: file.path, at: path, from, to });
      return next === text ? { ...file, path } : { ...file, path, bytes: encodeText(next) };
    }),
  );
}

/** The files with one written; it keeps the mode that it had. */
export function putFile(files: readonly FileEntry[], path: string, bytes: Uint8Array): FileEntry[] {
  const mode = files.find((file) => file.path === path)?.mode ?? 0o644;
  return sortFiles([...files.filter((file) => file.path !== path), { path, mode, bytes }]);
}
