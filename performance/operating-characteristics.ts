import type { GateConfig, PairedScore } from '../records/gate';
import { gateDefaults } from '../records/gate';
import { seededRandom } from '../records/seeded';
import { decide } from '../workflows/validation-gate';

/** A gate as it stands in the table. */
export interface MeasuredGate {
  name: string;
  gate: GateConfig;
  /** Rollouts of each version on each task. */
  samples: number;
}

/** What a gate does with candidates that are truly so much better: how often it accepts, and what it takes. */
export interface Characteristic {
  gate: string;
  difference: number;
  /** Share of comparisons that end with the candidate accepted. */
  accepted: number;
  /** Mean number of validation tasks until the decision. */
  tasks: number;
}

/** True differences of the solve rate that the table shows. */
export const differences = [-0.2, -0.1, 0, 0.1, 0.2];
const validationTasks = 40;

export const measuredGates: MeasuredGate[] = [
  { name: 'race', gate: gateDefaults.race, samples: 1 },
  { name: 'race, 2 samples', gate: gateDefaults.race, samples: 2 },
  { name: 'strict, 20 tasks', gate: { ...gateDefaults.strict, maxTasks: 20 }, samples: 1 },
  { name: 'strict', gate: gateDefaults.strict, samples: 1 },
  { name: 'non-inferior, margin 0.05', gate: gateDefaults['non-inferior'], samples: 1 },
  { name: 'significant, level 0.05', gate: gateDefaults.significant, samples: 1 },
];

/**
 * Plays comparisons through the gate's own decision. Tasks differ in difficulty: the current version solves each with a
 * probability drawn evenly from 0 to 1, the candidate with that plus `difference`, cut to 0 … 1. Whether a rollout solves
 * its task depends on that probability and on the text of its skill: two skills are two texts, good or not.
 *
 * @param comparisons pairs of skills for each difference; the same for all gates
 */
export function operatingCharacteristics(
  gates: readonly MeasuredGate[],
  comparisons: number,
  seed: string,
): Characteristic[] {
  return differences.flatMap((difference) => {
    const sums = gates.map(() => ({ accepted: 0, tasks: 0 }));
    for (let comparison = 0; comparison < comparisons; comparison += 1) {
      const rollouts = playTasks(
        difference,
        `${seed}/${difference}/${comparison}`,
        Math.max(...gates.map(({ samples }) => samples)),
      );
      gates.forEach(({ gate, samples }, index) => {
        const verdict = decide(
          gate,
          rollouts.map((task) => paired(task, samples)),
          validationTasks,
        );
        const sum = sums[index];
        if (verdict === 'undecided' || sum === undefined) throw new Error('a full sample must decide');
        sum.accepted += verdict.accepted ? 1 : 0;
        sum.tasks += verdict.tasks;
      });
    }
    return gates.map(({ name }, index) => ({
      gate: name,
      difference,
      accepted: (sums[index]?.accepted ?? 0) / comparisons,
      tasks: (sums[index]?.tasks ?? 0) / comparisons,
    }));
  });
}

interface PlayedTask {
  candidate: boolean[];
  current: boolean[];
}

/** Rollouts of two skills on each validation task, sample by sample. */
function playTasks(difference: number, pair: string, samples: number): PlayedTask[] {
  const difficulty = seededRandom('difficulty', pair);
  const skills = {
    current: `# Workbooks\n\nLook at every sheet before you write. (${pair}, first wording)`,
    candidate: `# Workbooks\n\nBefore writing, inspect all of the sheets. (${pair}, second wording)`,
  };
  return Array.from({ length: validationTasks }, (_, task) => {
    const chance = difficulty();
    const play = (skill: string, rate: number): boolean[] => {
      const random = seededRandom('rollout', skill, task);
      return Array.from({ length: samples }, () => random() < rate);
    };
    return { candidate: play(skills.candidate, chance + difference), current: play(skills.current, chance) };
  });
}

function paired({ candidate, current }: PlayedTask, samples: number): PairedScore {
  const mean = (solved: boolean[]): number => solved.slice(0, samples).filter(Boolean).length / samples;
  return { candidate: mean(candidate), current: mean(current) };
}
