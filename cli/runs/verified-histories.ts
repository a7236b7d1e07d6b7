import { openStore } from '../../store/artifact-store';
import { storedHistories, type Divergence, type Execution } from '../../store/histories';
import type { Home } from '../../workers/home';

/** What is known of the histories of a run's closed workflows. */
export interface KeptHistories {
  kept: number;
  verified: number;
  /** Those that the workflow code didn't replay when they closed. */
  diverged: (Execution & { divergence: Divergence })[];
  /** What can't be read, and what to do. */
  damaged: string[];
}

/** Looks in the store how many histories of a run are kept, and what their replay came to. */
export async function keptHistoriesOf(home: Home, run: string): Promise<KeptHistories> {
  const damaged: string[] = [];
  const stored = await storedHistories(await openStore(home.store), run, (problem) => damaged.push(problem));
  const verified = stored.filter(({ verification }) => verification !== null);
  const diverged = verified.flatMap(({ workflowId, runId, verification }) => {
    const divergence = verification?.divergence ?? null;
    return divergence === null ? [] : [{ workflowId, runId, divergence }];
  });
  return { kept: stored.length, verified: verified.length, diverged, damaged };
}

/** A line for each history that didn't replay or can't be read. */
export function divergenceTexts({ diverged, damaged }: KeptHistories): string[] {
  const parted = diverged.map(({ workflowId, divergence: { event, message } }) => {
    const at = event === null ? '' : `event ${event.id}, ${event.type}: `;
    return (
      `the history of ${workflowId} does not replay against the workflow code that closed it: ${at}${message}. ` +
      'Its bytes are kept; docs/versioning.md says what this means.'
    );
  });
  return [...parted, ...damaged];
}
