import type { Score, ScoreProtocol } from '../../records/score';
import type { ExcludedTask } from '../../records/task';
import type { LoadedTask, ScorerPool } from '../benchmark';
import { ScorerError } from '../benchmark';

function firstDifference({ mismatches }: Score): string {
  const [first] = mismatches;
  return first ? `${first.cell}: expected ${first.expected}, got ${first.got}` : 'no cell matches';
}

/** Why a task is left out under the protocol, or null for one that both can fail and can pass. */
async function judge(task: LoadedTask, protocol: ScoreProtocol, pool: ScorerPool): Promise<ExcludedTask | null> {
  const exclude = (reason: ExcludedTask['reason'], detail: string): ExcludedTask => ({ id: task.id, reason, detail });
  const goldenPath = task.golden.files[0]?.sourcePath;
  const inputPath = task.inputs[0]?.sourcePath;
  if (goldenPath === undefined || inputPath === undefined) return exclude('unreadable', 'the task has no workbooks');
  const request = { goldenPath, answer: task.golden.answer, protocol };
  try {
    const golden = await pool.score({ ...request, outputPath: goldenPath });
    if (golden.status === 'unreadable') return exclude('unreadable', `golden: ${golden.detail}`);
    if (!golden.solved) return exclude('golden-fails', firstDifference(golden));
    const untouched = await pool.score({ ...request, outputPath: inputPath });
    if (untouched.status === 'unreadable') return exclude('unreadable', `input: ${untouched.detail}`);
    if (untouched.solved) return exclude('untouched-input-passes', 'the input workbook as it is scores as solved');
    return null;
  } catch (error) {
    const byData = error instanceof ScorerError && (error.kind === 'golden' || error.kind === 'position');
    if (byData) return exclude('unreadable', error.message);
    throw error;
  }
}

/**
 * Tasks that can never or always pass under a protocol, or whose workbooks can't be read; in the order of `tasks`.
 * The pool's threads work in parallel.
 * @throws ScorerError when a file or the pool itself fails: that says nothing about a task
 */
export async function findInfeasible(
  tasks: readonly LoadedTask[],
  protocol: ScoreProtocol,
  pool: ScorerPool,
): Promise<ExcludedTask[]> {
  const verdicts = await Promise.all(tasks.map((task) => judge(task, protocol, pool)));
  return verdicts.filter((verdict) => verdict !== null);
}
