import type { MomentumRecord, Pattern, Remedy } from '../records/momentum';

/**
 * The momentum record as Markdown for people: patterns with their remedy logs, most frequent first, then the overlay of
 * the last batch and its themes.
 */
export function momentumMarkdown(record: MomentumRecord): string {
  const parts = [`# Momentum after step ${record.step}`];
  if (record.patterns.length === 0) parts.push('No patterns yet.');
  parts.push(...record.patterns.map(patternMarkdown));
  if (record.overlay.length > 0) {
    const rows = record.overlay.map((entry) =>
      row([
        entry.diagnosis,
        entry.signal,
        entry.pattern === null ? 'no actionable signal' : `${entry.pattern}${entry.isNew ? ' (new)' : ''}`,
        entry.anchor ?? '',
        entry.gap ?? '',
        entry.proposedChange ?? '',
      ]),
    );
    parts.push(
      '## Last batch',
      [
        row(['Diagnosis', 'Signal', 'Pattern', 'Anchor', 'Gap', 'Proposed change']),
        row(Array(6).fill('---')),
        ...rows,
      ].join('\n'),
    );
  }
  if (record.themes.length > 0)
    parts.push('## Workflow themes', record.themes.map((theme) => `- ${flat(theme)}`).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function patternMarkdown(pattern: Pattern): string {
  const times = pattern.occurrences === 1 ? 'once' : `${pattern.occurrences} times`;
  const lines = [
    `## ${pattern.id}`,
    `**${flat(pattern.summary)}** (${pattern.kind}, ${times}, steps ${pattern.steps.join(', ')}, ${pattern.anchor === null ? 'no place in the skill yet' : `at \`${pattern.anchor}\``})`,
    pattern.description.trim(),
    `Action: ${pattern.action.trim()}`,
  ];
  if (pattern.remedies.length > 0) lines.push(['Remedies:', '', ...pattern.remedies.map(remedyMarkdown)].join('\n'));
  return lines.join('\n\n');
}

function remedyMarkdown(remedy: Remedy): string {
  const edits = remedy.edits.map((edit) => `\n  - ${flat(edit)}`).join('');
  return `- Step ${remedy.step}, ${gateText(remedy)}: ${flat(remedy.diagnosed)}${edits}`;
}

function gateText({ gate }: Remedy): string {
  if (gate === null) return 'no verdict yet';
  const numbers =
    gate.tasks === 0
      ? 'no gate'
      : `${number(gate.currentSolved)} → ${number(gate.candidateSolved)} of ${gate.tasks} solved`;
  return `${gate.accepted ? 'accepted' : 'refused'} (${numbers})`;
}

function number(value: number): string {
  return `${Math.round(value * 100) / 100}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => flat(cell).replace(/\|/g, '\\|')).join(' | ')} |`;
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
