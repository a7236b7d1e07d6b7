import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { addSpending, noSpending, type Spending } from '../../records/usage';
import type { ArtifactStore } from '../../store/artifact-store';
import { accountOf, type StepAccount } from './epoch-account';
import { executionsOf, latestChain, type Execution } from './executions';
import { decode } from './history-events';
import type { KnownEpoch } from './recorded-epoch';
import { skillDiff } from './skill-diff';

/** An epoch as it was recorded, and as its replay went. */
export interface EpochComparison {
  recorded: { run: string; skill: ArtifactRef; finished: boolean; spending: Spending };
  replayed: { run: string; skill: ArtifactRef; finished: boolean; spending: Spending };
  /** By step; null where one of them has not come to it. */
  steps: { step: number; recorded: StepAccount | null; replayed: StepAccount | null; same: boolean }[];
  /** Unified diff from the skill that the recorded epoch left to the replay's; '' where they are equal. */
  diff: string;
}

const Ended = z.object({ state: z.object({ skill: ArtifactRef }) });

/** Puts a recorded epoch and its replay side by side. */
export async function compareEpochs(
  client: Client,
  store: ArtifactStore,
  known: KnownEpoch,
  replay: string,
): Promise<EpochComparison> {
  const again = latestChain(await executionsOf(client, store, `${replay}/epoch-${known.input.epoch}`));
  const [before, after] = [await accountOf(store, known.executions), await accountOf(store, again)];
  const numbers = [...new Set([...before, ...after].map(({ step }) => step))].sort((a, b) => a - b);
  const recorded = endOf(known.run, known, known.executions, before);
  const replayed = endOf(replay, known, again, after);
  return {
    recorded,
    replayed,
    steps: numbers.map((step) => {
      const [one, other] = [before, after].map((side) => side.find((entry) => entry.step === step) ?? null);
      return { step, recorded: one ?? null, replayed: other ?? null, same: cameToTheSame(one, other) };
    }),
    diff: skillDiff(await store.getTree(recorded.skill), await store.getTree(replayed.skill)),
  };
}

/** Whether two steps came to the same; what they cost doesn't count. */
function cameToTheSame(one: StepAccount | null | undefined, other: StepAccount | null | undefined): boolean {
  const came = (step: StepAccount | null | undefined): string => JSON.stringify({ ...step, spending: null });
  return came(one) === came(other);
}

function endOf(
  run: string,
  { input }: KnownEpoch,
  executions: readonly Execution[],
  steps: readonly StepAccount[],
): EpochComparison['recorded'] {
  const last = executions.at(-1)?.events.at(-1)?.workflowExecutionCompletedEventAttributes;
  const ended = last ? Ended.parse(decode(last.result)) : null;
  const moved = steps.findLast(({ verdict, edits }) => verdict?.accepted === true && edits?.candidate);
  return {
    run,
    skill: ended?.state.skill ?? moved?.edits?.candidate ?? input.state.skill,
    finished: ended !== null,
    spending: steps.map(({ spending }) => spending).reduce(addSpending, noSpending),
  };
}
