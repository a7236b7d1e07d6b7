import { createTwoFilesPatch } from 'diff';
import pc from 'picocolors';
import type { FileEntry } from '../../records/artifact';

/**
 * The difference of two skill versions as a unified diff, file by file in order of path; '' when they are equal. Files
 * that aren't text are named alone.
 */
export function skillDiff(before: readonly FileEntry[], after: readonly FileEntry[]): string {
  const paths = [...new Set([...before, ...after].map(({ path }) => path))].sort();
  return paths
    .map((path) => {
      const [old, fresh] = [before, after].map((files) => files.find((file) => file.path === path)?.bytes ?? null);
      if (old && fresh && Buffer.compare(old, fresh) === 0) return '';
      const [from, to] = [old, fresh].map((bytes) => (bytes ? asText(bytes) : ''));
      if (from === null || to === null || from === undefined || to === undefined) return `${path}: not text, differs\n`;
      const patch = createTwoFilesPatch(old ? `a/${path}` : '/dev/null', fresh ? `b/${path}` : '/dev/null', from, to);
      return patch.split('\n').slice(1).join('\n');
    })
    .join('');
}

function asText(bytes: Uint8Array): string | null {
  return bytes.includes(0) ? null : Buffer.from(bytes).toString('utf8');
}

/** Colours a unified diff where the terminal has colours. */
export function colourDiff(diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return pc.green(line);
      if (line.startsWith('-')) return pc.red(line);
      return line.startsWith('@@') ? pc.cyan(line) : line;
    })
    .join('\n');
}
