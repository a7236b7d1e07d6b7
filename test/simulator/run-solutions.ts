import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Code to run beside a copy of a task's input. */
export interface Solution {
  name: string;
  code: string;
  inputPath: string;
}

/** Goes from folder to folder and runs what lies there; what it throws is written down and costs only its own result. */
const runner = `
const { writeFileSync } = await import('node:fs');
for (const folder of process.argv.slice(1)) {
  process.chdir(folder);
  try { await import('file://' + folder + '/solve.mjs'); }
  catch (error) { writeFileSync('error.txt', String(error && error.stack)); }
}`;

/**
 * Runs each solution as the module that the simulated model wrote, in a folder below `root`, all in one process: exceljs takes longer to load
 * than a solution to run.
 * @returns the path of each solution's output by name, null where it wrote none
 */
export async function runSolutions(root: string, solutions: readonly Solution[]): Promise<Map<string, string | null>> {
  symlinkSync(join(__dirname, '../../node_modules'), join(root, 'node_modules'));
  const folders = solutions.map(({ code, inputPath }, at) => {
    const folder = join(root, String(at));
    mkdirSync(folder);
    copyFileSync(inputPath, join(folder, 'input.xlsx'));
    writeFileSync(join(folder, 'solve.mjs'), code);
    return folder;
  });
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', runner, ...folders], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return new Map(
    solutions.map(({ name }, at) => {
      const output = join(root, String(at), 'output.xlsx');
      return [name, existsSync(output) ? output : null];
    }),
  );
}
