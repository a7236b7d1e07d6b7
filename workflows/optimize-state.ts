import type { ControlState } from '../records/control';
import type { Answered, PreparedRun } from '../records/stages';
import type { Gathered, OptimizeState } from '../records/workflows';
import { noSpending } from '../records/usage';

/** What a workflow starts with; `answered` is what its parent knows of the models. */
export function nothingGathered(answered: Answered[] = []): Gathered {
  return { spending: noSpending, warnings: [], answered };
}

const measuresOnly = ({ config }: PreparedRun): boolean => ['no-skill', 'seed-skill'].includes(config.method);

/** Where a run stands once its inputs are frozen. */
export function firstState(prepared: PreparedRun, control: ControlState): OptimizeState {
  return {
    prepared,
    phase: measuresOnly(prepared) ? 'held-out' : 'base',
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
