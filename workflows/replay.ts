import type { OptimizeState } from '../records/workflows';

/** A replay delivers what its one epoch has led to: it is there to be compared, and nothing is measured of it. */
export function endReplay(state: OptimizeState): void {
  const nothing = { solved: 0, tasks: 0 };
  state.finalSkill = state.epochState.skill;
  state.note = 'a replay of one epoch: nothing is confirmed or measured on held-out tasks';
  state.heldOut = { before: nothing, after: nothing, wins: 0, losses: 0, rollouts: null };
  state.phase = 'deliver';
}
