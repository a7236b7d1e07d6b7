import * as fc from 'fast-check';
import type { FileEntry } from '../../records/artifact';
import type { Edit } from '../../records/patch';
import { outline } from '../../skill/outline';
import { parseSkill } from '../../skill/parse';
import { edit, skillFiles } from './skill-files';

const words = ['dates', 'headers', 'totals', 'look', 'verify', 'merged cells', 'save first', 'the sheet', 'round late'];
const phrase = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '));

const list = (marker: (n: number) => string, gap: string) =>
  fc
    .array(fc.tuple(phrase, fc.boolean()), { minLength: 1, maxLength: 4 })
    .map((items) =>
      items
        .map(
          ([text, long], n) => `${marker(n)} ${text}${long ? `\n${' '.repeat(marker(n).length + 1)}and ${text}` : ''}`,
        )
        .join(`\n${gap}`),
    );

/** A block of a body, sometimes an odd one. */
const block = fc.oneof(
  { weight: 3, arbitrary: phrase },
  { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 1, max: 3 }), phrase).map(([n, t]) => `${'#'.repeat(n)} ${t}`) },
  { weight: 2, arbitrary: list(() => '-', '') },
  { weight: 1, arbitrary: list(() => '*', '\n') },
  { weight: 1, arbitrary: list((n) => `${n + 1}.`, '') },
  { weight: 1, arbitrary: phrase.map((text) => `\`\`\`js\n# ${text}\n---\n\`\`\``) },
  fc.constantFrom(
    '---',
    '<!-- a comment -->',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '> quoted',
    'Setext\n======',
    '    indented',
  ),
  fc.constant('Read references/dates.md when a column mixes kinds. Skip when all cells are dates.'),
);

const blocks = fc
  .array(fc.tuple(block, fc.constantFrom('\n\n', '\n\n', '\n', '\n\n\n')), { maxLength: 12 })
  .map((parts) => parts.map(([text, gap]) => text + gap).join(''));

/** Packages as they may come: line ends, byte-order mark, missing final newline, other files. */
export const randomPackage: fc.Arbitrary<FileEntry[]> = fc
  .record({ body: blocks, reference: blocks, crlf: fc.boolean(), bom: fc.boolean(), trim: fc.boolean() })
  .map(({ body, reference, crlf, bom, trim }) => {
    const whole = `---\nname: sheets\ndescription: Edits workbooks. # why\n---\n\n${body}`;
    const ended = trim ? whole.trimEnd() : whole;
    const asset = { path: 'assets/logo.bin', mode: 0o640, bytes: Uint8Array.from([0, 255, 13, 10]) };
    const texts = skillFiles({
      'SKILL.md': (bom ? '\uFEFF' : '') + (crlf ? ended.replace(/\n/g, '\r\n') : ended),
      'references/dates.md': `# Dates\n\n${reference}end`,
      'references/other.md': 'See references/dates.md and [dates](dates.md).\r\n',
      'scripts/check.mjs': 'export {};\n',
    });
    return [asset, ...texts].sort((a, b) => (a.path < b.path ? -1 : 1));
  });

/** The choices of one edit; what they name depends on the package that it meets. */
export type Choice = [op: number, first: number, second: number, text: string, other: string];
export const choices: fc.Arbitrary<Choice[][]> = fc.array(
  fc.array(fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), phrase, phrase) as fc.Arbitrary<Choice>, {
    minLength: 1,
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 4 },
);

const wheres = ['before', 'after', 'start', 'end'] as const;

/** An edit that names parts of the package, now and then one that isn't there. */
export async function editFrom(files: readonly FileEntry[], [op, first, second, text, other]: Choice): Promise<Edit> {
  const anchors = (await outline(parseSkill(files, undefined, 'lenient').body)).map(({ anchor }) => anchor);
  const name = (n: number): string => anchors[n % (anchors.length + 1)] ?? 'nowhere/1';
  const of = (kind: RegExp, n: number): string => {
    const fit = anchors.filter((anchor) => kind.test(anchor));
    return fit[n % Math.max(1, fit.length)] ?? 'nowhere';
  };
  const [section, item, piece] = [/^[^/]+$/, /\/\d+$/, /\/(?:p|code)\d+$/];
  const paths = files.map(({ path }) => path).filter((path) => /^(?:references|scripts)\//.test(path));
  const path = paths[first % Math.max(1, paths.length)] ?? 'references/none.md';
  const where = wheres[op % wheres.length] ?? 'end';
  const made: (() => Edit)[] = [
    () => edit({ op: 'set-description', text: `Does ${text}: now` }),
    () =>
      edit({
        op: 'insert-section',
        after: first % 5 === 0 ? null : of(section, first),
        text: `## New ${text}\n\n${other}`,
      }),
    () => edit({ op: 'replace-section', anchor: of(section, first), text: `${other}.` }),
    () => edit({ op: 'delete-section', anchor: of(section, first) }),
    () => edit({ op: 'insert-item', section: of(section, first), text }),
    () => edit({ op: 'replace-item', anchor: of(item, first), text: `${text}\n\n${other}` }),
    () => edit({ op: 'delete-item', anchor: of(item, first) }),
    () => edit({ op: 'insert-block', where, to: second % 2 === 0 ? of(section, first) : of(piece, first), text }),
    () =>
      edit({
        op: 'replace-block',
        anchor: of(piece, first),
        text: second % 2 === 0 ? text : `\`\`\`\n${text}\n\`\`\``,
      }),
    () => edit({ op: 'delete-block', anchor: of(piece, first) }),
    () => edit({ op: 'move', anchor: name(first), where, to: name(second) }),
    () => edit({ op: 'move', anchor: of(section, first), where, to: of(section, second) }),
    () => edit({ op: 'move', anchor: of(item, first), where, to: of(item, second) }),
    () => edit({ op: 'move', anchor: of(piece, first), where, to: of(section, second) }),
    () => edit({ op: 'merge', anchors: [of(item, first), of(item, second)], text }),
    () =>
      edit({ op: 'merge', anchors: [of(section, first), of(section, second)], text: `## Both ${text}\n\n${other}` }),
    () => edit({ op: 'split', anchor: of(item, first), texts: [text, other] }),
    () => edit({ op: 'split', anchor: of(section, first), texts: [`## One ${text}\n\nx`, `## Two ${text}\n\ny`] }),
    () => edit({ op: 'lift-to-reference', anchor: name(first), path: 'references/lifted.md', when: text, skip: other }),
    () => edit({ op: 'lift-to-reference', anchor: name(first), path: 'references/dates.md', when: text, skip: other }),
    () => edit({ op: 'write-reference', path: 'references/new.md', text }),
    () => edit({ op: 'edit-reference', path: 'references/dates.md', old: 'end', text: `${text} fine` }),
    () => edit({ op: 'rename-reference', path, to: `references/named-${second % 3}.md` }),
    () => edit({ op: 'delete-reference', path }),
    () => edit({ op: 'write-script', path: 'scripts/new.mjs', text: `// ${text}` }),
    () => edit({ op: 'rename-script', path: 'scripts/check.mjs', to: 'scripts/checked.mjs' }),
  ];
  return made[op % made.length]?.() ?? edit({ op: 'delete-item', anchor: name(first) });
}
