import { withRunName } from '../terminal/progress-text';
import type { Incident } from './account';
import type { Block } from './document';
import { controlText } from './control-text';
import { clockText } from './times';
import { quoted } from './wording';

/** What interrupted or steered the run, a line each; no block where nothing did. */
export function noticesOf(incidents: readonly Incident[], run: string): Block[] {
  return incidents.length === 0 ? [] : [{ kind: 'notices', lines: incidents.map((one) => incidentText(one, run)) }];
}

function incidentText(incident: Incident, run: string): string {
  const { atMs, where } = incident;
  const at = clockText(atMs);
  const place = where === run ? 'the run' : where.slice(run.length + 1);
  switch (incident.kind) {
    case 'control': {
      const { name, by, note, details, failed } = incident;
      return [
        `${at}  ${controlText(name, by, details)}`,
        quoted(note ?? ''),
        ...(failed === null ? [] : [`; it failed: ${failed}`]),
      ].join('');
    }
    case 'settings':
      return `${at}  ${place} goes on with ${incident.changed.join(', ')} (plan ${incident.plan.slice(7, 19)})`;
    case 'pause':
      return `${at}  waits (${incident.reason.type}): ${incident.reason.message}${incident.fix === null ? '' : `; to be done: ${withRunName(incident.fix, run)}`}`;
    case 'going-on':
      return `${at}  goes on`;
    case 'retry': {
      const { what, attempts, cause, refusedCalls, lostCalls } = incident;
      const refused = Object.entries(refusedCalls).map(([fault, count]) => `${fault} ×${count}`);
      return [
        `${at}  ${what}: ended at attempt ${attempts}; the last cause: ${cause.type}, ${cause.message}`,
        ...(refused.length === 0 ? [] : [`; calls refused: ${refused.join(', ')}`]),
        ...(lostCalls === 0 ? [] : [`; calls without an answer kept: ${lostCalls}`]),
      ].join('');
    }
    case 'fault':
      return `${at}  ${incident.what} gave up at attempt ${incident.attempts}: ${incident.cause.type}, ${incident.cause.message}`;
    case 'continued-as-new':
      return `${at}  ${place} continued as new, as ${incident.as}`;
    case 'called-off':
      return `${at}  ${incident.what} was called off${incident.attempts === 0 ? ' before it began' : ''}`;
    case 'rewind': {
      const { epoch, reason } = incident;
      const to = epoch === null ? '' : ` to the start of epoch ${epoch}`;
      return `${at}  ${place} was rewound${to}${reason === '' ? '' : `: ${reason}`}`;
    }
    case 'failed':
      return `${at}  ${place} failed: ${incident.cause.type}, ${incident.cause.message}`;
    default:
      return incident satisfies never;
  }
}
