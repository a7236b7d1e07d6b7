import { mountingWorks } from '../mount-disk';
import { modelStrikes } from './model-strikes';
import { strikeProcesses } from './process-strikes';
import type { StruckFault } from './results';
import { whileRunning, type RunUnderFire } from './run-under-fire';
import { canStarve, strikeSandbox } from './sandbox-strikes';
import type { PlannedFault } from './schedule';
import { storeStrikes } from './store-strikes';

/** Why this machine does not let us strike so; null when it does. */
function refusal({ kind }: PlannedFault): string | null {
  if ((kind === 'disk-full' || kind === 'read-only') && !mountingWorks()) return 'no disk can be mounted here';
  return kind === 'out-of-memory' && !canStarve() ? 'no control group can be made here' : null;
}

/** The one way to strike for each kind; false when the run ended first. */
function strikers(fire: RunUnderFire): (fault: PlannedFault) => Promise<boolean> {
  const model = modelStrikes(fire);
  const store = storeStrikes(fire);
  const done = async (striking: Promise<void>): Promise<boolean> => {
    await striking;
    return true;
  };
  return ({ kind, draw }) => {
    switch (kind) {
      case 'kill-worker':
      case 'kill-workers':
      case 'kill-server':
      case 'kill-all':
      case 'terminate-worker':
      case 'freeze-worker':
      case 'freeze-workers':
      case 'freeze-all':
        return done(strikeProcesses(fire, kind, draw));
      case 'rate-limit':
      case 'server-error':
      case 'hang':
      case 'cut-body':
      case 'malformed-json':
      case 'slow-stream':
        return done(model(kind, draw));
      case 'disk-full':
      case 'read-only':
      case 'corrupt-artifact':
      case 'torn-file':
        return done(store(kind, draw));
      case 'kill-child':
      case 'out-of-memory':
        return strikeSandbox(fire, kind);
      default:
        return kind satisfies never;
    }
  };
}

/**
 * Strikes with each fault once the run has made its share of model calls, and mends what is not to stay. Ends after the
 * run at the latest, with everything up again.
 *
 * @param calls of the undisturbed run
 */
export async function strikeAll(
  fire: RunUnderFire,
  faults: readonly PlannedFault[],
  calls: number,
  startedMs: number,
): Promise<StruckFault[]> {
  const { simulator } = fire.deployment;
  const strike = strikers(fire);
  return Promise.all(
    faults.map(async (fault): Promise<StruckFault> => {
      const { kind, at } = fault;
      const atCall = 1 + Math.floor(at * calls);
      const note = refusal(fault);
      if (note !== null) return { kind, atCall, struckAtMs: null, note };
      if (!(await whileRunning(fire, () => simulator.stats().arrivals >= atCall))) {
        return { kind, atCall, struckAtMs: null };
      }
      const struckAtMs = Date.now() - startedMs;
      return { kind, atCall, struckAtMs: (await strike(fault)) ? struckAtMs : null };
    }),
  );
}
