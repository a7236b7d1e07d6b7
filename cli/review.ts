import type { Command } from 'commander';
import { RunPlan } from '../records/plan';
import { diffLayers } from '../skill/layer-diff';
import { explainEdits } from './runs/blame-run';
import { addRunOptions, withRun, type OpenRun, type RunOptions } from './runs/open-run';
import { pendingReview } from './runs/pending-review';
import { evidenceText, printable } from './terminal/blame-text';
import { examples } from './terminal/examples';
import { verdictText } from './terminal/progress-text';
import { diffText, outputColours } from './terminal/skill-text';

/** Adds `review`. */
export function addReview(root: Command): void {
  addRunOptions(root.command('review').argument('<RUN>', 'name of the run'))
    .description('show the patch that waits for approval: its diff by layer, why each edit, what is flagged, the gate')
    .addHelpText(
      'after',
      '\nOf a run with --approve patches, which waits at each patch that the gate has accepted.\n' +
        examples(
          ['review my-run', 'what is to be decided'],
          ['approve my-run --digest 1a2b3c4d5e6f', 'takes exactly what was shown'],
          ['reject my-run --note "too narrow"', 'leaves it out; the next patch is shown the note'],
          ['edit my-run SKILL.md', 'puts a version of your own in its place, which goes through the gate'],
        ),
    )
    .action((run: string, options: RunOptions) => withRun(run, options, showReview));
}

async function showReview(open: OpenRun): Promise<void> {
  const { run, output } = open;
  const { pending, patch, store } = await pendingReview(open);
  const { step, candidate, base, verdict } = pending;
  const plan = await store.getJson(RunPlan, pending.plan);
  const [before, after] = await Promise.all([store.getTree(base), store.getTree(candidate)]);
  const changes = diffLayers(before, after);
  const edits = (await explainEdits(store, [run, ...plan.reuses], patch, verdict)).filter(({ edit }) => edit !== null);
  const colours = outputColours();
  output.text(colours.bold(`Step ${step} of run ${run}: candidate ${candidate}`));
  output.text(verdict === null ? 'No gate has measured it.' : `${verdictText(true, verdict)} (${verdict.reason})`);
  output.text(`Reasons: ${printable(patch.rationale)}`);
  for (const flag of patch.flags) output.text(colours.yellow(`flagged: ${printable(flag)}`));
  output.text('');
  diffText(changes, colours).forEach(output.text);
  output.text('');
  for (const edit of edits) [printable(edit.what), ...evidenceText(edit)].forEach(output.text);
  const digest = candidate.slice('sha256:'.length, 'sha256:'.length + 12);
  output.text(`\nTo decide: skillgrad approve ${run} --digest ${digest}`);
  output.text(`           skillgrad reject ${run} --digest ${digest} --note TEXT`);
  output.text(`           skillgrad edit ${run} FILE --digest ${digest}`);
  output.data({
    run,
    ...pending,
    flags: patch.flags,
    rationale: patch.rationale,
    refused: patch.refused,
    edits,
    changes,
  });
}
