import type { FileEntry } from '../records/artifact';
import type { Finding } from './finding';
import { thirdLayer } from './invariants/change';
import { layerBudgets, overruns } from './layer-budgets';
import { inspectSkill, type Skill } from './parse';
import { brokenPointers, isNamed } from './package-pointers';
import { isPointedAt, mentions, pointerShape } from './pointers';

/**
 * Everything that is wrong with a package. Errors: what breaks the Agent Skills specification, and pointers to files
 * that aren't there. Warnings: orphans, budgets of the layers, pointers that don't say when, and advice.
 *
 * @param folder name of the package's folder, which the skill's must equal.
 */
export async function checkPackage(files: readonly FileEntry[], folder: string): Promise<Finding[]> {
  const { skill, findings } = inspectSkill(files, folder);
  if (skill === null) return findings;
  const broken = brokenPointers({ files, body: skill.body }).map(({ file, path }): Finding => {
    const problem = `points to ${path}, which the package does not hold`;
    return { severity: 'error', file, field: 'pointer', problem, fix: `write ${path}, or drop the pointer` };
  });
  return [
    ...findings,
    ...broken,
    ...references(files, skill),
    ...scripts(files, skill),
    ...(await budgets(files, skill)),
  ];
}

function references(files: readonly FileEntry[], { body }: Skill): Finding[] {
  const texts = thirdLayer({ files });
  return files.flatMap(({ path: file }) => {
    if (!file.startsWith('references/')) return [];
    const found: Finding[] = [];
    const warn = (field: string, problem: string, fix: string): void => {
      found.push({ severity: 'warning', file, field, problem, fix });
    };
    const pointTo = `add to SKILL.md: "${pointerShape(file)}"`;
    const from = [...texts].find(([path, text]) => path !== file && path.endsWith('.md') && mentions(text, file));
    if (file.split('/').length > 2)
      warn('path', 'more than one level below references/', 'move it to references/ itself');
    if (mentions(body, file)) {
      if (!isPointedAt(body, file)) {
        warn('pointer', 'the pointer to it does not say when to read it and when not', `write "${pointerShape(file)}"`);
      }
    } else if (from !== undefined) {
      warn('depth', `only ${from[0]} points to it; references are one level deep`, pointTo);
    } else {
      warn('orphan', 'nothing points to it', `${pointTo}, or delete the file`);
    }
    return found;
  });
}

function scripts(files: readonly FileEntry[], { body }: Skill): Finding[] {
  const unnamed = files.filter(({ path }) => path.startsWith('scripts/') && !isNamed(path, { files, body }));
  const fix = 'say in SKILL.md or in a reference when to run it, or delete the file';
  return unnamed.map(({ path: file }) => ({
    severity: 'warning',
    file,
    field: 'orphan',
    problem: 'nothing names it',
    fix,
  }));
}

async function budgets(files: readonly FileEntry[], { text, body, description }: Skill): Promise<Finding[]> {
  const found: Finding[] = [];
  const warn = (file: string, field: string, problem: string, fix: string): void => {
    found.push({ severity: 'warning', file, field, problem, fix });
  };
  const words = description.trim().split(/\s+/).length;
  const { descriptionWords, bodyLines } = layerBudgets;
  if (words > descriptionWords) {
    warn(
      'SKILL.md',
      'description',
      `${words} words, at most ${descriptionWords} route well`,
      'say only when it is for',
    );
  }
  const lines = text.trimEnd().split('\n').length;
  if (lines >= bodyLines) {
    warn('SKILL.md', 'lines', `${lines} lines, fewer than ${bodyLines} are advised`, 'lift details into references');
  }
  for (const { path, unit, problem, fix } of await overruns(body, files)) {
    if (unit !== 'lines') warn(path, unit, problem, fix);
  }
  return found;
}
