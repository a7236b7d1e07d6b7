import { setHandler } from '@temporalio/workflow';
import type { AddBudget } from './messages';
import { addBudgetUpdate, pauseUpdate, resumeUpdate, stopUpdate } from './messages';
import type { ControlState } from '../records/control';
import { toNanoUsd } from '../records/usage';

const quantities = ['costUsd', 'calls', 'tokens'] as const;

function checkBudget(control: ControlState, add: AddBudget): void {
  const given = quantities.filter((quantity) => add[quantity] !== undefined);
  if (given.length === 0) throw new Error('name what to add: costUsd, calls or tokens');
  for (const quantity of given) {
    if (!((add[quantity] ?? 0) > 0)) throw new Error(`${quantity} must be a positive number`);
    if (control.caps[quantity] === null)
      throw new Error(`this run has no cap on ${quantity}; there is nothing to raise`);
  }
}

/**
 * Lets people steer the run: each update makes a new version of the control state, which `optimize` relays to the child
 * that runs. Handlers are synchronous: nothing is lost when the workflow continues as new.
 */
export function acceptUpdates(read: () => ControlState, write: (control: ControlState) => void): void {
  const change = (part: Partial<ControlState>): ControlState => {
    const control = { ...read(), ...part, version: read().version + 1 };
    write(control);
    return control;
  };
  setHandler(pauseUpdate, () => change({ paused: true }));
  setHandler(resumeUpdate, () => change({ paused: false, resumes: read().resumes + 1 }));
  setHandler(stopUpdate, () => change({ stopped: true, paused: false, resumes: read().resumes + 1 }));
  setHandler(
    addBudgetUpdate,
    (add) => {
      const { caps } = read();
      const raised = (quantity: (typeof quantities)[number]) => {
        const cap = caps[quantity];
        if (cap === null) return null;
        const sum = cap + (add[quantity] ?? 0);
        return quantity === 'costUsd' ? toNanoUsd(sum) : sum;
      };
      return change({ caps: { costUsd: raised('costUsd'), calls: raised('calls'), tokens: raised('tokens') } });
    },
    { validator: (add) => checkBudget(read(), add) },
  );
}
