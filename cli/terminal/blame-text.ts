import pc from 'picocolors';
import type { BlamedEdit, BlamedRun } from '../runs/blame-run';

/** Each line with the mark of its origin, file by file, and below what each mark stands for. */
export function blameText({ files, edits }: BlamedRun): string {
  const width = Math.max(4, ...edits.map((edit) => markOf(edit).length));
  const digits = String(Math.max(...files.map(({ lines }) => lines.length))).length;
  const parts = files.flatMap(({ path, lines }) => [
    pc.bold(path),
    ...lines.map(({ line, text, origin }) => {
      const mark = (origin === null ? 'seed' : markOf(origin)).padEnd(width);
      return `${String(line).padStart(digits)} ${origin === null ? pc.dim(mark) : pc.cyan(mark)} ${printable(text)}`.trimEnd();
    }),
    '',
  ]);
  return [...parts, ...edits.map(editText)].join('\n').trimEnd();
}

/** `2.1`: the first edit of step 2; `2`: the patch of step 2 as a whole. */
function markOf({ step, edit }: { step: number; edit: number | null }): string {
  return edit === null ? String(step) : `${step}.${edit + 1}`;
}

function editText(edit: BlamedEdit): string {
  const { step, what, gate } = edit;
  const measured =
    gate === null
      ? 'went in without a gate'
      : `went in with ${rounded(gate.candidateSolved)} solved against ${rounded(gate.currentSolved)} of ${gate.tasks}`;
  return [`${pc.cyan(markOf(edit))} step ${step}, ${measured}: ${printable(what)}`, ...evidenceText(edit)].join('\n');
}

/** The pattern of an edit and the diagnoses behind it, a line each. */
export function evidenceText({ pattern, diagnoses }: BlamedEdit): string[] {
  return [
    ...(pattern === null
      ? []
      : [`  pattern ${pattern.id}${pattern.summary === null ? '' : `: ${printable(pattern.summary)}`}`]),
    ...diagnoses.map(
      ({ sighting, kind, label, taskId, turns }) =>
        `  ${sighting} ${kind} “${printable(label)}”: task ${taskId}, ${turns.length === 1 ? 'turn' : 'turns'} ${turns.join(', ')}`,
    ),
    ...(diagnoses.length === 0 ? ['  no diagnosis is on record'] : []),
  ];
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** A text in one line, without characters that steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\t/g, '    ').replace(/\p{Cc}/gu, ' ');
}
