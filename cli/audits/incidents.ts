import { PauseReason } from '../../records/control';
import { describeChange } from '../../records/settings';
import type { Incident } from './account';
import type { ControlEvent, Happenings, Scheduling } from './happenings';
import type { Chain } from './journals';
import * as payloads from './payloads';
import type { Rewind } from './rewinds';

/** All that interrupted or steered a run, in order of time. */
export function incidentsOf(
  all: readonly Happenings[],
  chains: readonly Chain[],
  run: string,
  rewinds: readonly Rewind[],
): Incident[] {
  const found = all.flatMap((happenings): Incident[] => {
    const { execution, schedulings, closedMs, continuedAs, failure, controls } = happenings;
    const where = execution.workflowId;
    const atMs = closedMs ?? execution.startedMs;
    return [
      ...schedulings.flatMap((scheduling) => troubles(scheduling, chains)),
      ...schedulings.flatMap(changesOf),
      ...controls.map((control) => controlled(where, control)),
      ...(where === run ? pauses(happenings) : []),
      ...(continuedAs === null ? [] : [{ kind: 'continued-as-new' as const, atMs, where, as: continuedAs }]),
      ...(failure === null ? [] : [{ kind: 'failed' as const, atMs, where, cause: failure }]),
    ];
  });
  found.push(...rewinds.map((rewind): Incident => ({ kind: 'rewind', where: run, ...rewind })));
  return found.sort((a, b) => a.atMs - b.atMs);
}

/** Retries of an activity, and the fault that it handed to its workflow; or that it was called off. */
function troubles(scheduling: Scheduling, chains: readonly Chain[]): Incident[] {
  const { workflowId: where, type, summary, attempts, retryCause, failure, closedMs, scheduledMs, owner } = scheduling;
  const atMs = closedMs ?? scheduledMs;
  const what = summary === '' ? type : `${type}, ${summary}`;
  const found: Incident[] = [];
  if (attempts > 1 && retryCause !== null) {
    const refusedCalls: Record<string, number> = {};
    let lostCalls = 0;
    for (const { claims, refused, lost } of chains) {
      const owns = (claim: number): boolean => claims[claim - 1]?.owner === owner;
      for (const { fault } of refused.filter(({ claim }) => owns(claim))) {
        refusedCalls[fault] = (refusedCalls[fault] ?? 0) + 1;
      }
      lostCalls += lost.filter(({ claim }) => owns(claim)).length;
    }
    found.push({ kind: 'retry', atMs, where, what, attempts, cause: retryCause, refusedCalls, lostCalls });
  }
  if (failure?.type === 'attempt.cancelled') found.push({ kind: 'called-off', atMs, where, what, attempts });
  else if (failure !== null) found.push({ kind: 'fault', atMs, where, what, cause: failure, attempts });
  return found;
}

/** Settings that came into force, by the plan that was made for them. */
function changesOf({ workflowId: where, type, input, result, closedMs, scheduledMs }: Scheduling): Incident[] {
  const asked = type === 'prepare' ? payloads.SettingsIn.safeParse(input).data : undefined;
  const made = payloads.PreparedOut.safeParse(result).data;
  if (asked === undefined || made === undefined) return [];
  const changed = asked.changes.flatMap((change) => describeChange(change, null));
  return [{ kind: 'settings', atMs: closedMs ?? scheduledMs, where, plan: made.plan, changed }];
}

function controlled(where: string, { atMs, name, argument, identity, failed }: ControlEvent): Incident {
  const { by, note, ...details } = (argument ?? {}) as Record<string, unknown>;
  return {
    ...{ kind: 'control', atMs, where, name, failed, details },
    by: typeof by === 'string' ? by : identity,
    note: typeof note === 'string' ? note : null,
  };
}

/** Why the run waited: what its children told it, and what its search attribute says of itself. */
function pauses({ signals, paused, execution }: Happenings): Incident[] {
  const where = execution.workflowId;
  const found: Incident[] = [];
  for (const { atMs, name, argument } of signals) {
    if (name !== 'waiting') continue;
    const reason = PauseReason.safeParse(argument);
    if (!reason.success) found.push({ kind: 'going-on', atMs, where });
    else {
      const { kind: type, message, fix } = reason.data;
      found.push({ kind: 'pause', atMs, where, reason: { type, message }, fix });
    }
  }
  let before = 'no';
  for (const { atMs, kind } of paused) {
    const told = found.some((one) => one.kind === 'pause' && one.reason.type === kind);
    // A user's pause is a control already; what children wait on they have told.
    if (kind !== before && kind !== 'no' && kind !== 'user' && !told) {
      found.push({ kind: 'pause', atMs, where, reason: { type: kind, message: 'the run itself waits' }, fix: null });
    }
    before = kind;
  }
  return found;
}
