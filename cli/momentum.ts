import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { z } from 'zod';
import { momentumMarkdown } from '../momentum/markdown';
import { ArtifactRef } from '../records/artifact';
import { MomentumRecord } from '../records/momentum';
import { openStore } from '../store/artifact-store';
import { journaledResults, readLineage, storedLineage, type Lineage } from './runs/lineage';
import { derivedPlan } from './runs/recorded-epoch';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { withRunOrCopy, type StoredRun } from './runs/stored-run';
import { examples } from './terminal/examples';
import { wholeNumber } from './terminal/numbers';
import { UserError } from './terminal/user-error';

interface MomentumOptions extends RunOptions {
  step?: number;
}

/** Adds `momentum`. */
export function addMomentum(root: Command): void {
  addRunOptions(root.command('momentum').argument('<RUN>', 'name of the run'))
    .description('print what a run has learnt: patterns, what was done about them, and what the gate made of it')
    .option('--step <N>', 'the record as that step left it, instead of the latest', wholeNumber(1))
    .addHelpText(
      'after',
      examples(
        ['momentum my-run', 'the latest record, as Markdown; of a run that goes on, too'],
        ['momentum my-run --step 3 --json', 'what the third step accumulated, as JSON'],
      ),
    )
    .action((run: string, { step, ...options }: MomentumOptions) =>
      withRunOrCopy(
        run,
        options,
        async (open) => {
          const { client, home, output } = open;
          const store = await openStore(home.store);
          await showMomentum({ run, client, store, output }, () => readLineage(open, store), step);
        },
        (stored) => showMomentum({ ...stored, client: null }, () => storedLineage(stored), step),
      ),
    );
}

/** A run on its server, or (client null) in its store alone. */
interface Learner extends Pick<StoredRun, 'run' | 'store' | 'output'> {
  client: Client | null;
}

async function showMomentum(
  learner: Learner,
  lineage: () => Promise<Lineage>,
  step: number | undefined,
): Promise<void> {
  const record = step === undefined ? await latest(learner, await lineage()) : await ofStep(learner, step);
  learner.output.text(momentumMarkdown(record).trimEnd());
  learner.output.data(record);
}

async function latest({ run, store }: Learner, { momentum, finished }: Lineage): Promise<MomentumRecord> {
  if (momentum !== null) return store.getJson(MomentumRecord, momentum);
  throw new UserError(
    finished
      ? `Run ${run} has no momentum record: it had nothing to learn.`
      : `Run ${run} has no momentum record yet: its first step has not come so far. \`skillgrad status\` says where it stands.`,
  );
}

async function ofStep({ client, run, store }: Learner, step: number): Promise<MomentumRecord> {
  const reuses = (await derivedPlan(client, store, run))?.reuses ?? [];
  const Accumulated = z.object({ momentum: ArtifactRef });
  const [result] = await journaledResults(store, [run, ...reuses], `accumulate-s${step}-`, Accumulated);
  if (result !== undefined) return store.getJson(MomentumRecord, result.momentum);
  throw new UserError(
    `--step ${step}: run ${run} has no record of that step. Name an earlier one, or none for the latest.`,
    2,
  );
}
