import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { skillgradHome } from '../../workers/home';
import { openReplayer, type History, type Replayer } from '../../workers/replay-histories';
import { workflowBundle } from '../../workers/workflow-bundle';
import { scenarios } from './scenarios';

jest.setTimeout(120_000);

interface Recorded {
  file: string;
  workflowId: string;
  history: History;
}

function recorded(scenario: string): Recorded[] {
  return readdirSync(join(__dirname, scenario)).map((file) => {
    const history = historyFromJSON(JSON.parse(gunzipSync(readFileSync(join(__dirname, scenario, file))).toString()));
    return { file, workflowId: history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? '', history };
  });
}

const all = new Map(scenarios.map(({ name }) => [name, recorded(name)]));
const again = 'Workflows that run now would break: docs/versioning.md says what to do.';

let replayer: Replayer;
beforeAll(async () => {
  replayer = openReplayer((await workflowBundle(skillgradHome().cache)).code);
});
afterAll(() => replayer.close());

it.each(scenarios.map(({ name }) => name))('replays the recorded histories of the scenario %s', async (name) => {
  for (const { file, workflowId, history } of all.get(name) ?? []) {
    const divergence = await replayer.replay(workflowId, history);
    if (divergence !== null) throw new Error(`${name}/${file}: ${JSON.stringify(divergence)}. ${again}`);
  }
});

it('names the event at which a history and the code part', async () => {
  const [base] = (all.get('whole') ?? []).filter(({ workflowId }) => workflowId === 'whole/base');
  const events = base?.history.events ?? [];
  const changed = events.findIndex(({ activityTaskScheduledEventAttributes: attributes }, index) => {
    return index > events.length / 2 && attributes?.activityType?.name === 'score';
  });
  const other = events.map((event, index) => {
    const attributes = event.activityTaskScheduledEventAttributes;
    return index === changed
      ? { ...event, activityTaskScheduledEventAttributes: { ...attributes, activityType: { name: 'weigh' } } }
      : event;
  });
  const divergence = await replayer.replay('whole/base', { events: other });
  expect(divergence?.event).toEqual({ id: changed + 1, type: 'ActivityTaskScheduled' });
  expect(divergence?.message).toMatch(/Activity type of scheduled event 'weigh' does not match .* 'score'/);
  expect(await replayer.replay('whole/base', { events })).toBeNull();
});

describe('the recorded histories', () => {
  const eventsOf = (names: readonly string[]) =>
    names.flatMap((name) => (all.get(name) ?? []).flatMap(({ history }) => history.events ?? []));
  const everywhere = eventsOf([...all.keys()]);
  const named = (names: (string | null | undefined)[]) => new Set(names.filter((name) => typeof name === 'string'));

  it('hold every workflow to its end, and each that may be long continued as new', () => {
    const typeOf = ({ history }: Recorded) =>
      history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;
    const ended = { completed: new Set(), continued: new Set() };
    for (const entry of [...all.values()].flat()) {
      const last = entry.history.events?.at(-1);
      if (last?.workflowExecutionCompletedEventAttributes) ended.completed.add(typeOf(entry));
      if (last?.workflowExecutionContinuedAsNewEventAttributes) ended.continued.add(typeOf(entry));
    }
    const types = ['optimize', 'epoch', 'evaluate'];
    // A look is short: it never continues as new.
    expect(ended).toEqual({ completed: new Set([...types, 'reevaluate']), continued: new Set(types) });
  });

  it('hold every control, its relay, what a workflow waits on, and activities that a pause has held', () => {
    const updates = named(
      everywhere.map((event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name),
    );
    const controls = ['pause', 'resume', 'stop', 'cancel', 'addBudget', 'set', 'approve', 'reject'];
    for (const name of controls) expect(updates).toContain(name);
    const signals = named(everywhere.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName));
    for (const name of ['control', 'waiting']) expect(signals).toContain(name);
    const results = everywhere.flatMap(
      ({ activityTaskCompletedEventAttributes: ended }) => ended?.result?.payloads?.[0]?.data ?? [],
    );
    const held = results.filter((data) => Buffer.from(data).includes('"held":true'));
    expect(held.length).toBeGreaterThan(0);
  });

  it('hold gates, a confirmation, slow updates, a patch before the record, and one written in one go', () => {
    const ids = [...all.values()].flat().map(({ workflowId }) => workflowId);
    for (const id of ['whole/epoch-1/gate-1', 'whole/confirmation', 'whole/held-out']) expect(ids).toContain(id);
    const asked = (name: string) =>
      eventsOf([name]).flatMap(({ activityTaskScheduledEventAttributes: attributes }) => {
        const data = attributes?.input?.payloads?.[0]?.data;
        const { duty = '' } = data ? (JSON.parse(Buffer.from(data).toString()) as { duty?: string }) : {};
        return attributes ? [`${attributes.activityType?.name} ${duty}`.trim()] : [];
      });
    expect(asked('whole')).toContain('patch consolidate');
    expect(asked('one-shot')).toContain('patch one-shot');
    const first = asked('patch-first').filter((name) => /^(patch|accumulate)/.test(name));
    expect(first.slice(0, 2)).toEqual(['patch step', 'accumulate']);
  });
});
