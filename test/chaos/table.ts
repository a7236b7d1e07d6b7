import { isSound, type ChaosResults, type Row } from './results';

/** What became of a schedule, in a line. */
export function rowLine(row: Row): string {
  const faults = row.faults.map(({ kind, atCall, struckAtMs }) => `${kind}@${struckAtMs === null ? '-' : atCall}`);
  const against = [
    ...row.mismatches.map((part) => `${part} differs`),
    ...(row.repeatedCalls > 0 ? [`${row.repeatedCalls} calls repeated`] : []),
    ...(row.lostAnswers > row.lostAnswersAtMost ? ['too many answers lost'] : []),
    ...(row.faultsScored.length > 0 ? [`${row.faultsScored.length} outcomes differ`] : []),
    ...(row.problem === null ? [] : [row.problem]),
  ];
  const pauses = row.pauses.length === 0 ? '' : ` (${row.pauses.map(({ kind }) => kind).join(', ')})`;
  return [
    `${row.index} ${row.benchmark} ×${row.workers}: ${faults.join(' ')}`,
    `ended ${row.ended}${pauses} in ${(row.wallMs / 1000).toFixed(1)} s, ${row.lostAnswers} answers lost`,
    isSound(row) ? 'sound' : `NOT SOUND: ${against.join('; ')}`,
  ].join(' | ');
}

/** The totals as a Markdown table, and how often each fault struck. */
export function chaosTable(results: ChaosResults): string {
  const { schedules, ended, digestMismatches, repeatedCalls, lostAnswers, lostBeyondOne, faultsScored } = results;
  const struck = Object.entries(results.struck).map(([kind, times]) => `${kind} ${times}`);
  return [
    '| schedules | ended | digest mismatches | calls completed | repeated | answers lost | beyond one an activity and crash | faults scored |',
    '|---|---|---|---|---|---|---|---|',
    `| ${[schedules, ended, digestMismatches, results.completedCalls, repeatedCalls, lostAnswers, lostBeyondOne, faultsScored].join(' | ')} |`,
    '',
    `Faults struck: ${struck.join(', ')}.`,
  ].join('\n');
}
