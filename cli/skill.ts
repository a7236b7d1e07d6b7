import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { checkPackage } from '../skill/check';
import type { Finding } from '../skill/finding';
import { diffLayers } from '../skill/layer-diff';
import { describeLayers } from '../skill/layers';
import { readPackage } from '../skill/package';
import { examples } from './terminal/examples';
import { terminal } from './terminal/output';
import { diffText, findingLine, layersText, outputColours } from './terminal/skill-text';

interface JsonOption {
  json?: boolean;
}

/** Adds `skill` with `check`, `show` and `diff`. */
export function addSkill(root: Command): void {
  const command = root.command('skill').description('check, show or compare skill packages');
  command
    .command('check')
    .argument('<DIR>', 'skill folder, with a SKILL.md')
    .description('check a package against the Agent Skills specification and the layers of the method')
    .option('--strict', 'take warnings for errors')
    .option('--json', 'print JSON on stdout')
    .addHelpText(
      'after',
      '\nErrors: what breaks the specification, and pointers to files that are not there. Warnings: files that nothing' +
        '\npoints to, budgets of the layers, pointers that do not say when to read, and advice of the specification.' +
        '\nExit code 0: no error; 1: errors (with --strict: or warnings).\n' +
        examples(
          ['skill check ./my-skill', 'names each finding with its file, its field and what to do'],
          ['skill check ./my-skill --strict --json', 'for CI: any finding fails'],
        ),
    )
    .action(check);
  command
    .command('show')
    .argument('<DIR>', 'skill folder, with a SKILL.md')
    .description('show the layers of a package: sizes in tokens, parts that edits can name, pointers')
    .option('--json', 'print JSON on stdout')
    .addHelpText(
      'after',
      '\nTokens are counted with the o200k_base encoding.\n' +
        examples(['skill show ./my-skill', 'L1 frontmatter, L2 body with the anchors of its parts, L3 files']),
    )
    .action(show);
  command
    .command('diff')
    .argument('<A>', 'skill folder before')
    .argument('<B>', 'skill folder after')
    .description('show what differs between two packages, layer by layer')
    .option('--json', 'print JSON on stdout')
    .addHelpText(
      'after',
      '\nIn colour on a terminal unless NO_COLOR is set. Exit code 0 whether they differ or not.\n' +
        examples(['skill diff ./my-skill ./result/my-skill', 'what a run has made of a skill']),
    )
    .action(diff);
}

async function check(dir: string, options: JsonOption & { strict?: boolean }): Promise<void> {
  const output = terminal(options);
  const strict = options.strict === true;
  const { files } = await readPackage(dir);
  const findings = await checkPackage(files, basename(resolve(dir)));
  const isError = ({ severity }: Finding): boolean => strict || severity !== 'warning';
  const errors = findings.filter(isError).length;
  const warnings = findings.length - errors;
  const colours = outputColours();
  for (const finding of findings) output.text(findingLine(finding, isError(finding), colours));
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  output.text(findings.length === 0 ? `${dir}: in order` : `${count(errors, 'error')}, ${count(warnings, 'warning')}`);
  output.data({ dir, ok: errors === 0, strict, errors, warnings, findings });
  if (errors > 0) process.exitCode = 1;
}

async function show(dir: string, options: JsonOption): Promise<void> {
  const output = terminal(options);
  const { files } = await readPackage(dir);
  const layers = await describeLayers(files, basename(resolve(dir)));
  layersText(layers).forEach(output.text);
  output.data(layers);
}

async function diff(a: string, b: string, options: JsonOption): Promise<void> {
  const output = terminal(options);
  const [before, after] = await Promise.all([readPackage(a), readPackage(b)]);
  const changes = diffLayers(before.files, after.files);
  if (changes.length === 0) output.text('no difference');
  diffText(changes, outputColours()).forEach(output.text);
  output.data({ a, b, equal: changes.length === 0, changes });
}
