import { ControlAuthor } from '../../records/control';
import { controlText } from '../audits/control-text';
import { decode, type Event } from './history-events';

const Told = ControlAuthor.loose();

/** What a rewind itself tells, a cancellation, of which it speaks apart, and what takes a pause back. */
const passedOver = ['rewound', 'cancel', 'resume'];

/**
 * What people have told a run after an event of its history, in words and in order of time, as far as it took effect and
 * was not taken back: what a rewind to that event gives up.
 */
export function undoneControls(events: readonly Event[], afterEventId: number): string[] {
  const told = new Map<string, { name: string; text: string }>();
  for (const event of events) {
    if (Number(event.eventId) <= afterEventId) continue;
    const asked = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    const name = asked?.name ?? '';
    if (name === 'resume') forget(told, 'pause');
    if (asked && !passedOver.includes(name)) {
      const { by, note: _note, ...details } = Told.parse(decode(asked.args));
      told.set(String(event.eventId), { name, text: controlText(name, by, details) });
    }
    const done = event.workflowExecutionUpdateCompletedEventAttributes;
    if (done?.outcome?.failure) told.delete(String(done.acceptedEventId));
  }
  return [...told.values()].map(({ text }) => text);
}

function forget(told: Map<string, { name: string }>, name: string): void {
  for (const [id, one] of told) if (one.name === name) told.delete(id);
}
