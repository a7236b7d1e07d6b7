import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { withDiscarded } from '../records/control';
import type { Progress } from '../records/progress';
import type { Spending } from '../records/usage';
import { addSpending, noSpending } from '../records/usage';
import { details, type ShownRollout } from './details';
import { userPause } from './pause-reasons';
import { searchAttributes } from './search-attributes';
import { allSettings } from './settings';
import type { Steering } from './steering';

/** Shows a workflow's state to people: the progress query, current details in the UI, and search attributes. */
export interface Reporter {
  progress: () => Progress;
  /** Refreshes the current details; costs no history event. */
  show: () => void;
  /** Refreshes details and search attributes; one history event, so at changes of stage only. */
  publish: (extra?: { accuracy?: number }) => void;
  /** Shows what came of a rollout, among the last ten. */
  rollout: (shown: ShownRollout) => void;
}

/** `unsettled` is what a child has told of its spending, which is settled at its end. */
type Own = Partial<Progress> & { stage: string; unsettled?: Spending };
const shownRollouts = 10;

export function reporter(
  scope: { run: string; spentBefore: Spending; searchable: boolean },
  steering: Steering,
  own: () => Own,
): Reporter {
  const rollouts: ShownRollout[] = [];
  const progress = (): Progress => {
    const { unsettled = noSpending, settings, ...shown } = own();
    const pause = pauseOf(steering);
    return {
      run: scope.run,
      epoch: 0,
      epochs: 0,
      step: 0,
      steps: 0,
      tasksDone: 0,
      tasks: 0,
      solved: 0,
      currentSkill: null,
      child: null,
      history: [],
      ...shown,
      // The gate has measured what waits for a person.
      ...(pause?.review === undefined ? {} : { stage: 'review', tasksDone: 0, tasks: 0, solved: 0 }),
      spending: withDiscarded(
        addSpending(addSpending(scope.spentBefore, steering.spending), unsettled),
        steering.control,
      ),
      pause,
      warnings: steering.warnings,
      quarantined: steering.quarantined,
      caps: steering.control.caps,
      // An evaluation doesn't know which of them are in force.
      settings: settings === undefined ? [] : allSettings(steering.control, settings),
    };
  };
  const show = () => setCurrentDetails(details(progress(), rollouts));
  const rollout: Reporter['rollout'] = (shown) => {
    rollouts.push(shown);
    if (rollouts.length > shownRollouts) rollouts.shift();
    show();
  };
  const publish: Reporter['publish'] = (extra = {}) => {
    show();
    if (!scope.searchable) return;
    const { stage, epoch, spending, pause, quarantined } = progress();
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      { key: searchAttributes.epoch, value: epoch },
      { key: searchAttributes.paused, value: pause?.kind ?? 'no' },
      { key: searchAttributes.quarantined, value: quarantined.length },
      // null takes the attribute away: an unknown cost must not go on looking like an earlier one.
      { key: searchAttributes.costUsd, value: spending.costUsd },
      ...(extra.accuracy === undefined ? [] : [{ key: searchAttributes.accuracy, value: extra.accuracy }]),
    ]);
  };
  steering.onChange = () => publish();
  return { progress, show, publish, rollout };
}

function pauseOf(steering: Steering): Progress['pause'] {
  if (steering.control.cancelled !== null) return null;
  const waiting = steering.waiting ?? steering.childWaiting;
  if (!steering.control.paused) return waiting;
  const paused = userPause(steering.control);
  return waiting === null ? paused : { ...waiting, also: `paused ${paused.message}: ${paused.fix}` };
}
