import { utimesSync } from 'node:fs';
import fc from 'fast-check';
import type { ArtifactRef } from '../../records/artifact';
import type { ArtifactStore } from '../../store/artifact-store';
import { fileOfArtifact } from '../../store/places';

/** An artifact that refers to some of those before it, in one of the ways in which ours do. */
interface RandomArtifact {
  way: 'record' | 'text' | 'history';
  /** Of those before it, by their places from the end. */
  to: number[];
  old: boolean;
}
export interface RandomStore {
  artifacts: RandomArtifact[];
  /** Named objects, each with a run and the artifacts that it names. */
  objects: { run: string; to: number[] }[];
  /** What a history refers to that the store has no copy of. */
  outside: number[];
}

const places = fc.array(fc.nat(30), { maxLength: 3 });

export const randomStore: fc.Arbitrary<RandomStore> = fc.record({
  artifacts: fc.array(
    fc.record({
      way: fc.constantFrom('record' as const, 'text' as const, 'history' as const),
      to: places,
      old: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  objects: fc.array(fc.record({ run: fc.constantFrom('a', 'b', 'c'), to: places }), { maxLength: 6 }),
  outside: places,
});

const dayMs = 86_400_000;

/** Sets a file's time to two days ago. */
export function age(file: string): void {
  const time = new Date(Date.now() - 2 * dayMs);
  utimesSync(file, time, time);
}

/** A store as it was written, with what it ought to keep when one run is forgotten. */
export interface WrittenStore {
  refs: ArtifactRef[];
  outside: ArtifactRef[];
  /** Reachable from what is kept, by a walk of the test's own. */
  needed(forget: string | null): Set<ArtifactRef>;
}

/** Writes a random store. */
export async function writeRandomStore(store: ArtifactStore, random: RandomStore): Promise<WrittenStore> {
  const refs: ArtifactRef[] = [];
  const edges = new Map<ArtifactRef, ArtifactRef[]>();
  const pick = (to: number[]): ArtifactRef[] => to.flatMap((place) => refs.at(-1 - (place % (refs.length || 1))) ?? []);
  for (const { way, to, old } of random.artifacts) {
    const targets = pick(to);
    const ref = await store.putJson({ number: refs.length, ...contentOf(way, targets) });
    refs.push(ref);
    edges.set(ref, targets);
    if (old) age(fileOfArtifact(store.root, ref));
  }
  const roots: { run: string; refs: ArtifactRef[] }[] = [];
  for (const [index, { run, to }] of random.objects.entries()) {
    const targets = pick(to);
    const name = index % 2 === 0 ? `journal/${run}/stage-${index}/ending` : `histories/${run}/epoch-1/${index}`;
    await store.createNamed(name, { claim: 1, result: { patch: targets } });
    roots.push({ run, refs: targets });
  }
  const outside = pick(random.outside);
  return {
    refs,
    outside,
    needed: (forget) => {
      const found = new Set<ArtifactRef>();
      const walk = (ref: ArtifactRef): void => {
        if (found.has(ref)) return;
        found.add(ref);
        edges.get(ref)?.forEach(walk);
      };
      roots.filter(({ run }) => run !== forget).forEach((root) => root.refs.forEach(walk));
      outside.forEach(walk);
      return found;
    },
  };
}

function contentOf(way: RandomArtifact['way'], targets: readonly ArtifactRef[]): object {
  switch (way) {
    case 'record':
      return { entries: targets.map((artifact) => ({ path: 'a', mode: 420, artifact })) };
    case 'text':
      return { thought: `compare ${targets.join(' with ')}` };
    case 'history': {
      const data = Buffer.from(JSON.stringify({ skills: targets })).toString('base64');
      return { events: [{ input: { payloads: [{ metadata: {}, data }] } }] };
    }
    default:
      return way satisfies never;
  }
}
