import { editBudget } from '../../records/edit-budget';

const budgets = (schedule: 'constant' | 'linear' | 'cosine', first = 8, last = 2) =>
  [1, 2, 3, 4, 5].map((step) => editBudget({ first, last, schedule }, step, 5));

describe('the edit budget', () => {
  it('falls from the first step to the last along its curve', () => {
    expect(budgets('linear')).toEqual([8, 7, 5, 4, 2]);
    expect(budgets('cosine')).toEqual([8, 7, 5, 3, 2]);
    expect(budgets('constant')).toEqual([8, 8, 8, 8, 8]);
  });

  it('may rise too, and stays at the last number should a run go on for longer', () => {
    expect(budgets('linear', 1, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(editBudget({ first: 4, last: 2, schedule: 'cosine' }, 9, 5)).toBe(2);
  });

  it('is the first number in a run of one step, and none without a limit', () => {
    expect(editBudget({ first: 4, last: 2, schedule: 'cosine' }, 1, 1)).toBe(4);
    expect(editBudget(null, 1, 5)).toBeNull();
  });
});
