import type { Command } from 'commander';
import { openStore } from '../store/artifact-store';
import { blameRun, type BlamedRun } from './runs/blame-run';
import { readLineage, storedLineage, type Lineage } from './runs/lineage';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { withRunOrCopy, type StoredRun } from './runs/stored-run';
import { blameText } from './terminal/blame-text';
import { examples } from './terminal/examples';
import { UserError } from './terminal/user-error';

/** Adds `blame`. */
export function addBlame(root: Command): void {
  addRunOptions(root.command('blame').argument('<RUN>', 'name of the run').argument('[FILE[:LINE]]', 'a part of it'))
    .description(
      'lead each line of the skill of a run to its edit, pattern, diagnoses, tasks, and what the gate measured',
    )
    .addHelpText(
      'after',
      '\nOf a run that has not delivered yet: the best version so far.\n' +
        examples(
          ['blame my-run', 'all files'],
          ['blame my-run SKILL.md:27', 'one line of the body'],
          ['blame my-run references/dates.md --json', 'one file, as JSON'],
        ),
    )
    .action((run: string, part: string | undefined, options: RunOptions) =>
      withRunOrCopy(
        run,
        options,
        async (open) => {
          const store = await openStore(open.home.store);
          await showBlame({ ...open, store }, await readLineage(open, store), part);
        },
        async (stored) => showBlame(stored, await storedLineage(stored), part),
      ),
    );
}

async function showBlame(
  { run, store, output }: Pick<StoredRun, 'run' | 'store' | 'output'>,
  lineage: Lineage,
  part: string | undefined,
): Promise<void> {
  const blamed = partOf(await blameRun(run, lineage, store), part);
  if (!lineage.finished) output.note(`Run ${run} has not delivered yet: this is its best version so far.`);
  if (lineage.note !== null) output.note(lineage.note);
  output.text(blameText(blamed));
  output.data({ run, finished: lineage.finished, skill: lineage.skill, note: lineage.note, ...blamed });
}

/** The file or line that was asked for, with the edits that it comes from. */
function partOf({ files, edits }: BlamedRun, part: string | undefined): BlamedRun {
  if (part === undefined) return { files, edits };
  const [, path = part, number] = /^(.*):(\d+)$/.exec(part) ?? [];
  const file = files.find((one) => one.path === path);
  if (file === undefined) {
    const known = files.map((one) => one.path).join(', ');
    throw new UserError(`${path}: the skill has no such file. It has: ${known}.`, 2);
  }
  const lines = number === undefined ? file.lines : file.lines.filter(({ line }) => line === Number(number));
  if (lines.length === 0) {
    throw new UserError(`${part}: ${path} has the lines 1 to ${file.lines.length}. Name one of them.`, 2);
  }
  const used = edits.filter(({ step, edit }) =>
    lines.some(({ origin }) => origin?.step === step && origin.edit === edit),
  );
  return { files: [{ path, lines }], edits: used };
}
