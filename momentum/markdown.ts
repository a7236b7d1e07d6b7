import type { Ancestor, MomentumRecord, Pattern, Remedy } from '../records/momentum';

/**
 * The momentum record as Markdown for people: an overview, patterns with their remedy logs, most frequent first, then
 * the overlay of the last batch and the themes.
 */
export function momentumMarkdown(record: MomentumRecord): string {
  const parts = [`# Momentum after step ${record.step}`];
  if (record.patterns.length === 0) parts.push('No patterns yet.');
  else parts.push(table(['Pattern', 'Seen', 'Last in step', 'Remedies'], record.patterns.map(overviewRow)));
  parts.push(...record.patterns.map(patternMarkdown));
  if (record.overlay.length > 0) {
    const rows = record.overlay.map((entry) => [
      entry.diagnosis,
      entry.signal,
      entry.pattern === null ? 'no actionable signal' : `${entry.pattern}${entry.isNew ? ' (new)' : ''}`,
      entry.anchor ?? '',
      entry.gap ?? '',
      entry.proposedChange ?? '',
    ]);
    parts.push('## Last batch', table(['Diagnosis', 'Signal', 'Pattern', 'Anchor', 'Gap', 'Proposed change'], rows));
  }
  if (record.themes.length > 0) {
    const themes = record.themes.map(({ theme, successes }) => `- ${flat(theme)} (successes ${successes.join(', ')})`);
    parts.push('## Workflow themes', themes.join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

function overviewRow({ id, occurrences, steps, remedies }: Pattern): string[] {
  const accepted = remedies.filter(({ gate }) => gate?.accepted === true).length;
  const refused = remedies.filter(({ gate }) => gate?.accepted === false).length;
  const tried = [...(accepted > 0 ? [`${accepted} accepted`] : []), ...(refused > 0 ? [`${refused} refused`] : [])];
  const waiting = remedies.length - accepted - refused;
  if (waiting > 0) tried.push(`${waiting} without a verdict`);
  return [id, times(occurrences), `${steps.at(-1) ?? ''}`, tried.join(', ') || 'none yet'];
}

function patternMarkdown(pattern: Pattern): string {
  const { kind, occurrences, steps, anchor, failures, successes, mergedFrom, splitFrom } = pattern;
  const place = anchor === null ? 'no place in the skill yet' : `at \`${anchor}\``;
  const lines = [
    `## ${pattern.id}`,
    `**${flat(pattern.summary)}** (${kind}, ${times(occurrences)}, ${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')}, ${place})`,
    paragraph(pattern.description),
    `Action: ${flat(pattern.action)}`,
  ];
  const seen = [
    ...(failures.length > 0 ? [`failures ${failures.join(', ')}`] : []),
    ...(successes.length > 0 ? [`successes ${successes.join(', ')}`] : []),
  ];
  if (seen.length > 0) lines.push(`Diagnoses: ${seen.join('; ')}`);
  if (mergedFrom.length > 0) lines.push(`Has absorbed: ${mergedFrom.map(ancestorText).join('; ')}`);
  if (splitFrom.length > 0) lines.push(`Was split from: ${splitFrom.map(ancestorText).join('; ')}`);
  if (pattern.remedies.length > 0) lines.push(['Remedies:', '', ...pattern.remedies.map(remedyMarkdown)].join('\n'));
  return lines.join('\n\n');
}

function ancestorText({ id, summary, step }: Ancestor): string {
  return `${id}, “${flat(summary)}”, in step ${step}`;
}

function remedyMarkdown(remedy: Remedy): string {
  const edits = remedy.edits.map((edit) => `\n  - ${flat(edit)}`).join('');
  const move = remedy.structural ? ', structural' : '';
  return `- Step ${remedy.step}${move}, ${gateText(remedy)}: ${flat(remedy.diagnosed)}${edits}`;
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

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function table(header: readonly string[], rows: readonly string[][]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => flat(cell).replace(/\|/g, '\\|')).join(' | ')} |`;
  return [header, header.map(() => '---'), ...rows].map(row).join('\n');
}

/** A text as one paragraph, whatever its first character means in Markdown. */
function paragraph(text: string): string {
  return flat(text).replace(/^([#>|+*-]|\d+[.)])/, '\\$1');
}

/** A model's text in one line, without characters that steer a terminal. */
function flat(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();
}
