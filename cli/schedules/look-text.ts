import type { Look } from '../../records/schedule';
import { spendingText } from '../terminal/progress-text';

/** A look as a line: when, the score, what it means, what it took. */
export function lookLine({ at, verdict, note, spending }: Look): string {
  const score = verdict === null ? 'same model' : `${verdict.after}/${verdict.tasks}`;
  return `${at.slice(0, 16).replace('T', ' ')}  ${score.padEnd(10)}  ${note}  (${spendingText(spending)})`;
}
