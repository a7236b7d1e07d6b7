import pc from 'picocolors';
import { findingText, type Finding } from '../../skill/finding';
import type { LayerChange } from '../../skill/layer-diff';
import type { Layers } from '../../skill/layers';

type Colours = ReturnType<typeof pc.createColors>;

/** Colours for stdout: only on a terminal, and not with NO_COLOR. */
export function outputColours(): Colours {
  return pc.createColors(process.stdout.isTTY === true && !process.env['NO_COLOR']);
}

/** A finding as one line, with its weight before it. */
export function findingLine(finding: Finding, isError: boolean, colours: Colours): string {
  const weight = isError ? colours.red('error') : colours.yellow('warning');
  return `${weight}  ${plain(findingText(finding))}`;
}

/** The layers of a package for people. */
export function layersText({ name, description, frontmatter, body, files }: Layers): string[] {
  const size = (tokens: number): string => `${tokens.toLocaleString('en')} tokens`;
  const parts = body.parts.map(({ anchor, kind, title }) => `    ${kind.padEnd(9)}  ${anchor}  ${title}`);
  const others = files.flatMap(({ path, bytes, tokens, pointer, named }) => {
    const about = pointer === null ? [] : [`      read when ${pointer.when}`, `      skip when ${pointer.skip}`];
    const orphan = named ? '' : '  (not named in the body)';
    return [`    ${path}  ${tokens === null ? `${bytes} bytes, not text` : size(tokens)}${orphan}`, ...about];
  });
  const total = files.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);
  return [
    `L1  frontmatter  ${size(frontmatter.tokens)}`,
    `    name         ${name}`,
    `    description  ${description.trim()}`,
    `L2  body  ${size(body.tokens)}, ${body.lines} lines`,
    ...parts,
    `L3  ${files.length} file${files.length === 1 ? '' : 's'}  ${size(total)}`,
    ...others,
  ].map(plain);
}

const layerNames: Record<LayerChange['layer'], string> = { L1: 'frontmatter of', L2: 'body of', L3: '' };

/** Changes of a package for people: a heading a layer and file, then its hunks. */
export function diffText(changes: readonly LayerChange[], colours: Colours): string[] {
  return changes.flatMap(({ layer, file, change, diff, note }) => {
    const what = [layer, layerNames[layer], file].filter((part) => part !== '').join(' ');
    const about = [change === 'changed' ? '' : change, note ?? ''].filter((part) => part !== '').join(', ');
    const heading = colours.bold(plain(about === '' ? what : `${what} (${about})`));
    const lines = diff === '' ? [] : diff.replace(/\n$/, '').split('\n');
    return [heading, ...lines.map((line) => colourLine(plain(line.replace(/\r/g, '␍')), colours))];
  });
}

function colourLine(line: string, colours: Colours): string {
  if (line.startsWith('+')) return colours.green(line);
  if (line.startsWith('-')) return colours.red(line);
  return line.startsWith('@@') ? colours.cyan(line) : line;
}

/** A text whose control characters can do nothing to the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, (character) => (character === '\t' ? '\t' : ''));
}
