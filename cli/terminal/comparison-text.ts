import pc from 'picocolors';
import type { EpochComparison } from '../runs/compare-epochs';
import type { StepAccount } from '../runs/epoch-account';
import { colourDiff } from '../runs/skill-diff';
import { spendingText } from './progress-text';

/** A recorded epoch and its replay, for people: each line that is the same in both is printed once. */
export function comparisonText({ recorded, replayed, steps, diff }: EpochComparison): string {
  const unfinished = [recorded, replayed].filter(({ finished }) => !finished);
  return [
    pc.bold(`${recorded.run}, recorded, against ${replayed.run}`),
    ...unfinished.map(({ run }) => `The epoch of ${run} has not come to its end: what is shown is what it came to.`),
    ...steps.flatMap(stepRows),
    '',
    ...rows('Skill', version(recorded.skill), version(replayed.skill)),
    ...rows('Spent', spendingText(recorded.spending), spendingText(replayed.spending)),
    ...(diff === ''
      ? ['The skill is the same.']
      : [pc.bold('What the replay has instead'), colourDiff(diff.trimEnd())]),
  ].join('\n');
}

const version = (skill: string): string => skill.slice(7, 19);

function stepRows({ step, recorded, replayed, same }: EpochComparison['steps'][number]): string[] {
  const both = (name: string, of: (account: StepAccount) => string): string[] =>
    rows(name, recorded === null ? 'not reached' : of(recorded), replayed === null ? 'not reached' : of(replayed));
  return [
    '',
    pc.bold(`Step ${step}${same ? ': the same' : ''}`),
    ...both('Scores', scoresText),
    ...both('Diagnoses', diagnosesText),
    ...both('Patterns', patternsText),
    ...both('Edits', editsText),
    ...both('Gate', gateText),
    ...both('Spent', ({ spending }) => spendingText(spending)),
  ];
}

function rows(name: string, recorded: string, replayed: string): string[] {
  const label = name.padEnd(11);
  if (recorded === replayed) return [`  ${label}${recorded}`];
  return [`${pc.red('-')} ${label}${recorded}`, `${pc.green('+')} ${label}${replayed}`];
}

function scoresText({ scores }: StepAccount): string {
  if (scores.length === 0) return 'none';
  const each = scores.map(
    ({ taskId, solved, matched, total }) => `${taskId} ${solved ? 'solved' : `${matched}/${total}`}`,
  );
  return `${scores.filter(({ solved }) => solved).length} of ${scores.length} solved: ${each.join(', ')}`;
}

function diagnosesText({ diagnoses }: StepAccount): string {
  return (
    diagnoses.map(({ ordinal, kind, label }) => `${ordinal} ${kind}: ${label ?? 'no diagnosis'}`).join('; ') || 'none'
  );
}

function patternsText({ patterns }: StepAccount): string {
  if (patterns === null) return 'none';
  return `${patterns.count} on record; this batch: ${patterns.batch.join(', ') || 'none'}`;
}

function editsText({ edits }: StepAccount): string {
  if (edits === null) return 'none';
  const refused = edits.refused === 0 ? '' : ` (${edits.refused} handed back)`;
  return `${edits.applied.join('; ') || `no patch: ${edits.noPatch ?? 'no edits'}`}${refused}`;
}

function gateText({ verdict }: StepAccount): string {
  if (verdict === null) return 'none';
  return `${verdict.accepted ? 'accepted' : 'refused'}: ${verdict.reason}`;
}
