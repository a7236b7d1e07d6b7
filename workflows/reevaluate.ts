import { proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { firstControl, rewindName } from '../records/control';
import type { Look, ScheduleSettings } from '../records/schedule';
import { newAnswerers } from '../records/schedule';
import type { CompareResult, PreparedLook } from '../records/stages';
import { noSpending } from '../records/usage';
import type { EvaluateResult } from '../records/workflows';
import { stageOptions } from './activity-options';
import { runChild } from './child';
import { acceptUpdates } from './control-updates';
import { evaluate } from './evaluate';
import { progressQuery } from './messages';
import { nothingGathered } from './optimize-state';
import { reporter } from './reporter';
import { startOptimisation } from './start-optimisation';
import { steer } from './steering';

const { prepare, compare, deliver } = proxyActivities<Activities>(stageOptions);

/**
 * One look of a schedule at a delivered skill: measures it again on the held-out tasks of its delivery, compares task by
 * task, starts an optimisation where the score has dropped, and keeps what it found. On a schedule that waits for another
 * model, one task tells who answers, and the rest is measured only if that is news.
 */
export async function reevaluate(settings: ScheduleSettings): Promise<Look> {
  const { workflowId, startTime, firstExecutionRunId } = workflowInfo();
  // One name for its journal, its histories and what the server has of it: what it is forgotten by.
  const run = workflowId;
  const { searchable, concurrency, caps } = settings;
  // As if told to stop: what the caps can't pay for is left unmeasured, and no later look waits for this one.
  const recall = rewindName(run, firstExecutionRunId, 1);
  const control = { ...firstControl(caps, Date.now()), stopped: true, recall };
  const steering = steer({ control, spentBefore: noSpending, gathered: nothingGathered(), concurrency });
  const at = { stage: 'prepare', child: null as string | null, currentSkill: settings.skill };
  const report = reporter({ run: workflowId, spentBefore: noSpending, searchable }, steering, () => at);
  acceptUpdates(steering);
  setHandler(progressQuery, report.progress);
  report.publish();

  async function measure(plan: string, purpose: 'probe' | 'held-out', tasks: number): Promise<EvaluateResult> {
    at.stage = purpose;
    at.child = `${workflowId}/${purpose}`;
    report.publish();
    const result = await runChild(
      steering,
      evaluate,
      { workflowId: at.child, staticSummary: `${purpose}: ${tasks} tasks` },
      {
        ...{ run, plan, concurrency, searchable, tasks, purpose: 'held-out', pool: 'heldOut', stop: null },
        arms: [{ skill: settings.skill, sample: 0 }],
        ...{ control: steering.control, spentBefore: steering.spending, answeredBefore: steering.answered },
      },
    );
    at.child = null;
    steering.settle(result.gathered);
    return result;
  }

  const compared = ({ rollouts }: EvaluateResult): Promise<CompareResult> => {
    const { delivered, rule } = settings;
    return steering.plain(() => compare({ delivered, measured: rollouts, rule }));
  };

  async function close(found: Pick<Look, 'answerers' | 'verdict' | 'tasks' | 'started' | 'note'>): Promise<Look> {
    const { model, series } = settings;
    const look: Look = { workflowId, at: startTime.toISOString(), model, ...found, spending: steering.spending };
    await steering.plain(() =>
      deliver.executeWithOptions({ ...stageOptions, summary: look.note }, [{ kind: 'look', series, name: run, look }]),
    );
    at.stage = 'ended';
    const { verdict } = look;
    report.publish(verdict === null || verdict.tasks === 0 ? {} : { accuracy: verdict.after / verdict.tasks });
    return look;
  }

  const { plan, tasks, known, started }: PreparedLook = await steering.plain(() =>
    prepare({ kind: 'look', run, settings }),
  );
  let news = '';
  if (settings.onModelChange && known.model === settings.model) {
    const { answerers } = await compared(await measure(plan, 'probe', 1));
    const changed = newAnswerers(known.answerers, answerers);
    if (changed.length === 0) {
      const note = `the model is the one that was measured last: nothing more was asked of it`;
      return close({ answerers, verdict: null, tasks, started: null, note });
    }
    news = `another model answers (${changed.map(nameOf).join(', ')}); `;
  }
  const measured = await measure(plan, 'held-out', tasks);
  const { verdict, answerers } = await compared(measured);
  const unpaid = tasks - measured.tasks - measured.quarantined;
  const partly = [
    ...(unpaid > 0 ? [`; ${unpaid} tasks were not paid for by the budget`] : []),
    ...(measured.quarantined > 0 ? [`; ${measured.quarantined} tasks crashed their worker and are left out`] : []),
  ].join('');
  const found = { answerers, verdict, tasks };
  const note = `${news}${verdict.reason}${partly}`;
  if (!verdict.dropped || settings.optimise === null) return close({ ...found, started: null, note });
  if (started !== null) {
    return close({ ...found, started: null, note: `${note}; run ${started} has been started for an earlier drop` });
  }
  const again = await startOptimisation(settings, steering, verdict);
  return close({ ...found, started: again, note: `${note}; run ${again} is started` });
}

function nameOf({ model, fingerprint }: Look['answerers'][number]): string {
  return fingerprint === null ? model : `${model} ${fingerprint}`;
}
