import type { Fault } from '../../simulator/faults';
import type { ChaosKind } from './fault-kinds';
import { whileRunning, type RunUnderFire } from './run-under-fire';

export type ModelKind = Extract<
  ChaosKind,
  'rate-limit' | 'server-error' | 'hang' | 'cut-body' | 'malformed-json' | 'slow-stream'
>;

/** Calls that meet the fault, by its kind: a call that hangs costs its whole time limit. */
const calls: Record<ModelKind, { least: number; most: number }> = {
  'rate-limit': { least: 2, most: 8 },
  'server-error': { least: 2, most: 10 },
  hang: { least: 1, most: 3 },
  'cut-body': { least: 1, most: 6 },
  'malformed-json': { least: 1, most: 6 },
  'slow-stream': { least: 1, most: 4 },
};
/** Slow, but whole in time; and far beyond the time limit of a call. */
const slowMs = { inTime: 800, tooLate: 60_000 };

/** Lets the next few calls of a simulated model meet a fault; storms may overlap. */
export function modelStrikes(fire: RunUnderFire): (kind: ModelKind, draw: number) => Promise<void> {
  const { simulator } = fire.deployment;
  const storms = new Set<Fault>();
  const show = (): void => simulator.setFaults([...storms]);
  return async (kind, draw) => {
    const { least, most } = calls[kind];
    const storm: Fault = {
      ...{ kind, rate: 1 },
      retryAfterSeconds: draw < 0.5 ? 0 : 1,
      slowMs: draw < 0.5 ? slowMs.inTime : slowMs.tooLate,
    };
    const until = simulator.stats().arrivals + least + Math.floor(draw * (most - least + 1));
    storms.add(storm);
    show();
    await whileRunning(fire, () => simulator.stats().arrivals >= until);
    storms.delete(storm);
    show();
  };
}
