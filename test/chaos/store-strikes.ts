import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunPlan } from '../../records/plan';
import { Tree } from '../../records/artifact';
import { remountDisk } from '../mount-disk';
import type { ChaosKind } from './fault-kinds';
import { hold, whileRunning, type RunUnderFire } from './run-under-fire';

export type StoreKind = Extract<ChaosKind, 'disk-full' | 'read-only' | 'corrupt-artifact' | 'torn-file'>;

const page = 4096;

function fill(store: string): string {
  const ballast = join(store, 'ballast');
  for (const size of [64 * page, page]) {
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  return ballast;
}

const artifactFile = (store: string, ref: string): string => join(store, 'sha256', ref.slice(7, 9), ref.slice(7));

/** The frozen plan of a run, found by its content: the run's result, which names it, isn't there yet. */
function planOf(store: string, run: string): { ref: string; plan: RunPlan } | null {
  for (const folder of readdirSync(join(store, 'sha256'))) {
    for (const name of readdirSync(join(store, 'sha256', folder))) {
      if (!/^[0-9a-f]{64}$/.test(name)) continue;
      const text = readFileSync(join(store, 'sha256', folder, name), 'utf8');
      if (!text.startsWith('{') || !text.includes('"heldOut":')) continue;
      const plan = RunPlan.safeParse(JSON.parse(text));
      if (plan.success && plan.data.run === run) return { ref: `sha256:${name}`, plan: plan.data };
    }
  }
  return null;
}

/** Artifacts of a run's inputs, all of which it reads again later. */
function inputsOf(store: string, run: string): string[] {
  const found = planOf(store, run);
  if (found === null) throw new Error(`run ${run} has no plan in ${store}`);
  const { ref, plan } = found;
  const tree = Tree.parse(JSON.parse(readFileSync(artifactFile(store, plan.seedSkill), 'utf8')));
  const tasks = plan.heldOut.flatMap(({ task, golden }) => [task, golden]);
  return [ref, plan.seedSkill, ...tree.entries.map(({ artifact }) => artifact), ...tasks];
}

/** Damages one artifact as a bad disk would; returns what restores it from the backup that was taken first. */
function corrupt(store: string, run: string, draw: number): () => void {
  const refs = inputsOf(store, run);
  const file = artifactFile(store, refs[Math.floor(draw * refs.length)] as string);
  const backup = readFileSync(file);
  const half = Math.floor(backup.length / 2);
  const flipped = Buffer.from(backup);
  flipped[half] = (flipped[half] ?? 0) ^ 0xff;
  writeFileSync(file, draw < 0.5 ? flipped : backup.subarray(0, half));
  return () => writeFileSync(file, backup);
}

/** Leaves what a writer leaves that was killed half-way, beside each artifact and each object of the run's journal. */
function tear(store: string): void {
  for (const kind of ['sha256', 'named']) {
    for (const name of readdirSync(join(store, kind), { recursive: true, encoding: 'utf8' })) {
      const file = join(store, kind, name);
      if (name.endsWith('.tmp') || !statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
      const bytes = readFileSync(file);
      writeFileSync(`${file}.1.00000000face.tmp`, bytes.subarray(0, Math.floor(bytes.length / 2)));
    }
  }
}

/** Strikes at the disk that holds the store, one at a time: what is held is mended when the run has shown it. */
export function storeStrikes(fire: RunUnderFire): (kind: StoreKind, draw: number) => Promise<void> {
  const { store } = fire.deployment.home;
  let last: Promise<void> = Promise.resolve();
  const strike = async (kind: StoreKind, draw: number): Promise<void> => {
    switch (kind) {
      case 'disk-full': {
        const ballast = fill(store);
        return hold(fire, () => rmSync(ballast));
      }
      case 'read-only':
        if (!(await whileRunning(fire, () => remountDisk(store, 'ro')))) return;
        return hold(fire, () => {
          if (!remountDisk(store, 'rw')) throw new Error(`${store} can't be made writable again`);
        });
      case 'corrupt-artifact':
        return hold(fire, corrupt(store, fire.run, draw));
      case 'torn-file':
        return tear(store);
      default:
        return kind satisfies never;
    }
  };
  return (kind, draw) => {
    last = last.then(() => strike(kind, draw));
    return last;
  };
}
