import { CancellationScope, condition } from '@temporalio/workflow';

/** `work` on every item, at most `concurrency()` at a time; results in the order of the items. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  concurrency: () => number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  await forEachBounded(
    items.length,
    concurrency,
    () => 'start',
    async (index) => {
      results[index] = await work(items[index] as Item, index);
    },
  );
  return results;
}

/**
 * Runs `work` for indices in order, at most `concurrency()` at a time, which may change under way, as long as
 * `allowed(index)` lets the next one start.
 * Ends when everything that started has ended and nothing more may start, also when it is cancelled: only then is known
 * what that has spent. The first failure is thrown at the end.
 */
export async function forEachBounded(
  total: number,
  concurrency: () => number,
  allowed: (index: number) => 'start' | 'wait' | 'end',
  work: (index: number) => Promise<void>,
): Promise<void> {
  let running = 0;
  const failures: unknown[] = [];
  try {
    for (let index = 0; index < total; index += 1) {
      await condition(
        () => running === 0 || (running < concurrency() && allowed(index) !== 'wait') || failures.length > 0,
      );
      if (failures.length > 0 || allowed(index) === 'end') break;
      running += 1;
      work(index)
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          running -= 1;
        });
    }
  } finally {
    await CancellationScope.nonCancellable(() => condition(() => running === 0));
  }
  if (failures.length > 0) throw failures[0];
}
