import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { taskValuesOf } from '../activities/task-values';
import type { FileEntry } from '../records/artifact';
import { Patch } from '../records/patch';
import { RunPlan } from '../records/plan';
import { checkPackage } from '../skill/check';
import { findingText } from '../skill/finding';
import { checkInvariants } from '../skill/invariants';
import { readPackage, sortFiles } from '../skill/package';
import { addRunOptions, withRun, type OpenRun, type RunOptions } from './runs/open-run';
import { boundTo, pendingReview, type OpenReview } from './runs/pending-review';
import { steerRun } from './runs/steer-run';
import { examples } from './terminal/examples';
import { UserError } from './terminal/user-error';

interface EditOptions extends RunOptions {
  digest?: string;
  note?: string;
  as?: string;
}

/** Adds `edit`. */
export function addEdit(root: Command): void {
  addRunOptions(root.command('edit').argument('<RUN>', 'name of the run').argument('<FILE>', 'your version'))
    .description('put a version of your own in the place of the patch that waits for a review; the gate decides on it')
    .option('--as <PATH>', 'the file of the package that it replaces (default: the one of its name)')
    .option('--digest <DIGEST>', 'of the candidate that you mean, as `review` shows it; another one is refused')
    .option('--note <TEXT>', 'why; kept in the history')
    .addHelpText(
      'after',
      '\nFILE is one file of the candidate, or a folder with the whole package. It is checked against the specification' +
        '\nand the invariants of the method, and is measured by the gate like any candidate; no second review follows.\n' +
        examples(
          ['edit my-run SKILL.md --note "plainer words"', 'replaces SKILL.md of the candidate'],
          ['edit my-run notes.md --as references/dates.md', 'replaces a reference'],
          ['edit my-run ./my-version', 'replaces the whole package'],
        ),
    )
    .action((run: string, path: string, options: EditOptions) =>
      withRun(run, options, (open) => edit(open, path, options)),
    );
}

async function edit(open: OpenRun, path: string, options: EditOptions): Promise<void> {
  const { run, client, output } = open;
  const review = await pendingReview(open);
  const { pending, patch, store } = review;
  const candidate = boundTo(pending, options.digest);
  const files = await editedFiles(review, path, options.as);
  await checkEdited(review, files);
  const tree = await store.putTree(files);
  const note = options.note === undefined ? '' : `: ${options.note}`;
  const record: Patch = { ...patch, candidate: tree, rationale: `${patch.rationale} Edited in a review${note}`.trim() };
  const edited = { candidate: tree, patch: await store.putJson(Patch.parse(record)) };
  const control = await steerRun(client, run, { update: 'edit', candidate, edited }, options.note);
  output.text(
    `Your version (${tree.slice(7, 19)}) takes the place of the patch of step ${pending.step}; the gate decides.`,
  );
  if (control.paused) output.text(`Run ${run} stays paused: \`skillgrad resume ${run}\` goes on.`);
  output.data({ run, step: pending.step, candidate, edited, control });
}

/** The package as it is with the person's file, or folder, in it. */
async function editedFiles({ pending, store }: OpenReview, path: string, as?: string): Promise<FileEntry[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code}). Name a file or a folder with your version.`, 2);
  });
  if (found.isDirectory()) return (await readPackage(path)).files;
  const files = await store.getTree(pending.candidate);
  const named = files.filter((file) => (as === undefined ? basename(file.path) === basename(path) : file.path === as));
  const [old] = named;
  if (old === undefined || named.length > 1) {
    const known = files.map((file) => file.path).join(', ');
    throw new UserError(`${as ?? basename(path)}: name the file that it replaces with --as: ${known}.`, 2);
  }
  const bytes = await readFile(path);
  return sortFiles(files.map((file) => (file === old ? { ...file, bytes } : file)));
}

/** Throws a UserError with all that speaks against a person's version; nothing has changed then. */
async function checkEdited({ pending, store }: OpenReview, files: readonly FileEntry[]): Promise<void> {
  const plan = await store.getJson(RunPlan, pending.plan);
  const errors = (await checkPackage(files, plan.skillName)).filter(({ severity }) => severity === 'error');
  const before = await store.getTree(pending.base);
  const { guarded } = plan.config;
  const taskValues = await taskValuesOf(store, plan, { scores: [], trainingSet: null });
  const { violations } =
    errors.length > 0 ? { violations: [] } : await checkInvariants(before, files, { edits: [], taskValues, guarded });
  const problems = [...errors.map(findingText), ...violations.map(({ message }) => message)];
  if (problems.length === 0) return;
  throw new UserError(
    `Your version can't be taken; nothing has changed:\n${problems.map((one) => `  ${one}`).join('\n')}`,
    2,
  );
}
