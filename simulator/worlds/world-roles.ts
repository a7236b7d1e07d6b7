import type { Roles } from '../roles';
import { worldAccumulator } from './accumulator';
import { worldAuthor } from './author';
import { worldDiagnoser } from './diagnoser';
import { worldExecutor } from './executor';
import { worldPatcher } from './patcher';

/** The roles in the worlds of the study. The request's model says which world it is (`modelOf`). */
export const worldRoles: Roles = {
  executor: worldExecutor,
  diagnoser: worldDiagnoser,
  accumulator: worldAccumulator,
  patcher: worldPatcher,
  author: worldAuthor,
};
