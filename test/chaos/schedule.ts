import { seededRandom, shuffled } from '../../records/seeded';
import { ChaosKind, kindRules } from './fault-kinds';

/** A fault and where in a run it strikes; whole numbers and shares are drawn, so that a seed means the same anywhere. */
export interface PlannedFault {
  kind: ChaosKind;
  /** Share of an undisturbed run's model calls after which it strikes, 0..1: progress, not time. */
  at: number;
  /** 0..1; what it decides depends on the kind: which worker, how many calls, which artifact. */
  draw: number;
}

/** Everything that is done to one run. */
export interface Schedule {
  index: number;
  /** What all of it is drawn from. */
  seed: string;
  /** Light tasks of text, or workbooks, whose code runs in a sandbox. */
  benchmark: 'custom' | 'spreadsheetbench';
  workers: number;
  faults: PlannedFault[];
}

/** Kinds that lead a schedule: two each, so that ten schedules have had them all. */
const leading = 2;
const workbookShare = 0.15;
/** A task whose worker dies over and over is suspected of killing it. */
const mostWorkerFaults = 2;

function leadingKinds(seed: number, index: number): ChaosKind[] {
  const kinds = ChaosKind.options;
  return Array.from({ length: leading }, (_, place) => {
    const position = leading * index + place;
    const order = shuffled(kinds, 'chaos-kinds', seed, Math.floor(position / kinds.length));
    return order[position % kinds.length] as ChaosKind;
  });
}

/** Schedule number `index` (from 0) of a seed; depends on the arguments alone. */
export function scheduleOf(seed: number, index: number): Schedule {
  const random = seededRandom('chaos', seed, index);
  const kinds = leadingKinds(seed, index);
  const lead = kinds.some((kind) => kindRules[kind].group === 'sandbox');
  const benchmark = lead || random() < workbookShare ? 'spreadsheetbench' : 'custom';
  const workers = 1 + Math.floor(random() * 3);
  const extras = Math.floor(random() * 3);
  for (let extra = 0; extra < extras; extra += 1) {
    const kind = ChaosKind.options[Math.floor(random() * ChaosKind.options.length)] as ChaosKind;
    const { group } = kindRules[kind];
    const enough = kinds.filter((other) => kindRules[other].group === 'worker').length >= mostWorkerFaults;
    if (group === 'worker' ? !enough : group !== 'sandbox' || benchmark === 'spreadsheetbench') kinds.push(kind);
  }
  const faults = kinds.map((kind) => ({ kind, at: random(), draw: random() }));
  return { index, seed: `${seed}/${index}`, benchmark, workers, faults: faults.sort((a, b) => a.at - b.at) };
}
