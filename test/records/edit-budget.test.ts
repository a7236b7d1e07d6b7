import { editBudget } from '../../records/edit-budget';

const inOneEpoch = (batches: number) => ({ batches, epochs: 1, slowUpdates: false });
const budgets = (schedule: 'constant' | 'linear' | 'cosine', first = 8, last = 2) =>
  [1, 2, 3, 4, 5].map((step) => editBudget({ first, last, schedule }, step, inOneEpoch(5)));

describe('the edit budget', () => {
  it('falls from the first step to the last along its curve', () => {
    expect(budgets('linear')).toEqual([8, 7, 5, 4, 2]);
    expect(budgets('cosine')).toEqual([8, 7, 5, 3, 2]);
    expect(budgets('constant')).toEqual([8, 8, 8, 8, 8]);
  });

  it('may rise too, and stays at the last number should a run go on for longer', () => {
    expect(budgets('linear', 1, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(editBudget({ first: 4, last: 2, schedule: 'cosine' }, 9, inOneEpoch(5))).toBe(2);
  });

  it('is the first number in a run of one step, and none without a limit', () => {
    expect(editBudget({ first: 4, last: 2, schedule: 'cosine' }, 1, inOneEpoch(1))).toBe(4);
    expect(editBudget(null, 1, inOneEpoch(5))).toBeNull();
  });

  it('is the same for each mini-batch whether or not slow updates come between', () => {
    const along = (steps: number[], slowUpdates: boolean) =>
      steps.map((step) =>
        editBudget({ first: 9, last: 1, schedule: 'linear' }, step, { batches: 3, epochs: 3, slowUpdates }),
      );
    expect(along([1, 2, 3, 4, 5, 6, 7, 8, 9], false)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    // The steps 4, 8 and 12 are the slow updates.
    expect(along([1, 2, 3, 5, 6, 7, 9, 10, 11], true)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });
});
