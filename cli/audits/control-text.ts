import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { EditedCandidate } from '../../records/review';
import { describeChange, SettingsChange } from '../../records/settings';
import { Caps, Spending } from '../../records/usage';
import { budgetText, spendingText } from '../terminal/progress-text';
import { short } from './wording';

const Added = Caps.partial().transform(({ costUsd = null, calls = null, tokens = null, hours = null }) =>
  budgetText({ costUsd, calls, tokens, hours }),
);
const Set = z.object({ change: SettingsChange }).transform(({ change }) => describeChange(change, null).join(', '));
const Given = z.object({ discarded: Spending }).transform(({ discarded }) => `given up: ${spendingText(discarded)}`);
const Decided = z
  .object({ candidate: ArtifactRef, edited: EditedCandidate.optional() })
  .transform(({ candidate, edited }) =>
    edited === undefined
      ? `candidate ${short(candidate)}`
      : `candidate ${short(candidate)} by ${short(edited.candidate)}`,
  );

/** What people tell a run, as an audit calls it, and how what goes along is told. */
const controls: Record<string, { text: string; details?: z.ZodType<string> }> = {
  pause: { text: 'paused' },
  resume: { text: 'resumed' },
  stop: { text: 'told to stop' },
  cancel: { text: 'cancelled' },
  addBudget: { text: 'budget raised', details: Added },
  set: { text: 'settings changed', details: Set },
  rewound: { text: 'rewind completed', details: Given },
  approve: { text: 'patch approved', details: Decided },
  reject: { text: 'patch rejected', details: Decided },
  edit: { text: 'patch replaced', details: Decided },
  terminate: { text: 'terminated' },
  'request cancellation': { text: 'cancellation requested' },
};

/** What somebody told a run: `budget raised by kim@desk ($1.0000)`; what is unknown or unreadable as it stands. */
export function controlText(name: string, by: string, details: Record<string, unknown>): string {
  const control = controls[name];
  const read = control?.details?.safeParse(details);
  const given =
    read?.success === true
      ? read.data
      : Object.entries(details)
          .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join(', ');
  return `${control?.text ?? name} by ${by}${given === '' ? '' : ` (${given})`}`;
}
