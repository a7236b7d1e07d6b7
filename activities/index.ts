import type {
  AccumulateInput,
  CompareInput,
  DeliverInput,
  DiagnoseInput,
  ExecuteInput,
  HoldInput,
  PatchInput,
  ScoreInput,
} from '../records/stages';
import { accumulate } from './accumulate';
import { compare } from './compare';
import { deliver } from './deliver';
import type { Dependencies } from './dependencies';
import { diagnose } from './diagnose';
import { execute } from './execute';
import { hold } from './hold';
import { patch } from './patch';
import { bindPrepare } from './prepare';
import { score } from './score';

/** The activities of a worker, named as the stages: what an auditor reads in the Temporal UI. */
export function createActivities(deps: Dependencies) {
  return {
    prepare: bindPrepare(deps),
    execute: (input: ExecuteInput) => execute(deps, input),
    score: (input: ScoreInput) => score(deps, input),
    diagnose: (input: DiagnoseInput) => diagnose(deps, input),
    accumulate: (input: AccumulateInput) => accumulate(deps, input),
    patch: (input: PatchInput) => patch(deps, input),
    compare: (input: CompareInput) => compare(deps, input),
    deliver: (input: DeliverInput) => deliver(deps, input),
    hold: (input: HoldInput) => hold(deps, input),
  };
}

export type Activities = ReturnType<typeof createActivities>;
