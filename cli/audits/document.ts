import pc from 'picocolors';
import { columnsText } from '../terminal/sizes';
import { plain } from '../terminal/skill-text';

/** A part of a document for people, free of how it is shown. `aside` goes along with a heading. */
export type Block =
  | { kind: 'title' | 'section' | 'part'; text: string; aside: string }
  | { kind: 'facts'; rows: [name: string, value: string][] }
  /** `right`: columns of numbers. */
  | { kind: 'table'; head: string[]; rows: string[][]; right: number[] }
  | { kind: 'lines'; lines: string[] }
  /** What interrupted or steered. */
  | { kind: 'notices'; lines: string[] };

/** A document for a terminal. */
export function asText(blocks: readonly Block[]): string {
  const colours = pc.createColors(process.stdout.isTTY === true && !process.env['NO_COLOR']);
  const lines = blocks.flatMap((block): string[] => {
    switch (block.kind) {
      case 'title':
        return [colours.bold(block.text), block.aside];
      case 'section':
        return ['', colours.bold(block.text) + (block.aside === '' ? '' : `  ${colours.dim(block.aside)}`)];
      case 'part':
        return [`  ${colours.underline(block.text)}${block.aside === '' ? '' : `  ${block.aside}`}`];
      case 'facts': {
        const width = Math.max(0, ...block.rows.map(([name]) => name.length));
        return block.rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
      }
      case 'table':
        return columnsText([block.head, ...block.rows], block.right).map(
          (line, index) => `    ${index === 0 ? colours.dim(line) : line}`,
        );
      case 'lines':
        return block.lines.map((line) => `    ${line}`);
      case 'notices':
        return block.lines.map((line) => `  ${colours.yellow('!')} ${line}`);
      default:
        return block satisfies never;
    }
  });
  return lines.map(plainButColours).join('\n');
}

/** What a model wrote can do nothing to the terminal; the colours are ours. */
function plainButColours(line: string): string {
  return line
    .split(/(\u001b\[\d+m)/)
    .map((part, index) => (index % 2 === 1 ? part : plain(part)))
    .join('');
}

/** The same document as Markdown. */
export function asMarkdown(blocks: readonly Block[]): string {
  const parts = blocks.map((block): string => {
    switch (block.kind) {
      case 'title':
        return `# ${escaped(block.text)}\n\n${escaped(block.aside)}`;
      case 'section':
        return `## ${escaped(block.text)}${block.aside === '' ? '' : `\n\n*${escaped(block.aside)}*`}`;
      case 'part':
        return `### ${escaped(block.text)}${block.aside === '' ? '' : `\n\n${escaped(block.aside)}`}`;
      case 'facts':
        return ['| | |', '|---|---|', ...block.rows.map((row) => tableRow(row))].join('\n');
      case 'table': {
        const rule = block.head.map((_name, column) => (block.right.includes(column) ? '---:' : '---'));
        return [tableRow(block.head), `|${rule.join('|')}|`, ...block.rows.map((row) => tableRow(row))].join('\n');
      }
      case 'lines':
        return block.lines
          .map((line) => (line.startsWith('  ') ? `  ${escaped(line.trim())}` : `- ${escaped(line)}`))
          .join('\n');
      case 'notices':
        return block.lines.map((line) => `> ${escaped(line)}`).join('  \n');
      default:
        return block satisfies never;
    }
  });
  return `${parts.join('\n\n')}\n`;
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escaped(cell)).join(' | ')} |`;
}

/** Text that Markdown shows as it is. */
function escaped(text: string): string {
  return plain(text.replace(/\s+/g, ' '))
    .trim()
    .replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
