import type { ControlState } from '../records/control';
import type { Answered, PreparedRun } from '../records/stages';
import type { Gathered, OptimizeState } from '../records/workflows';
import { noSpending } from '../records/usage';

/** What a workflow starts with; `answered` is what its parent knows of the models. */
export function nothingGathered(answered: Answered[] = []): Gathered {
  return { spending: noSpending, warnings: [], answered, quarantined: [] };
}

function firstPhase({ config }: PreparedRun): OptimizeState['phase'] {
  switch (config.method) {
    case 'skillgrad':
    case 'one-pass':
      return 'base';
    case 'one-shot':
      return 'one-shot';
    case 'no-skill':
    case 'seed-skill':
      return 'held-out';
    default:
      return config.method satisfies never;
  }
}

/** Where a run stands once its inputs are frozen. */
export function firstState(prepared: PreparedRun, control: ControlState): OptimizeState {
  return {
    prepared,
    phase: firstPhase(prepared),
    epoch: 1,
    trainingSet: null,
    failures: 0,
    epochState: {
      skill: prepared.seedSkill,
      momentum: null,
      rejected: null,
      previous: null,
      batch: 0,
      step: 0,
      accepted: 0,
      stepsWithoutAcceptance: 0,
      allCorrectBatches: 0,
      stepPages: null,
      recent: [],
      gathered: nothingGathered(),
    },
    control,
    finalSkill: prepared.seedSkill,
    note: null,
    stoppedEarly: null,
    validation: null,
    heldOut: null,
    gathered: nothingGathered(),
  };
}

/** Why the seed is delivered, and where the run stopped early; null when there is nothing to tell. */
export function noteOf({ note, stoppedEarly }: OptimizeState): string | null {
  const notes = [
    ...(note === null ? [] : [note]),
    ...(stoppedEarly === null ? [] : [`stopped early in ${stoppedEarly}`]),
  ];
  return notes.length === 0 ? null : notes.join('; ');
}
