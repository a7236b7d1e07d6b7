import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(__dirname, '../..');
const production = [
  'records',
  'skill',
  'momentum',
  'store',
  'sandbox',
  'benchmarks',
  'agents',
  'activities',
  'workflows',
  'workers',
];

/** Lints an import in place of a file of each room, in one process; the configuration is the repository's own. */
const lint = `
const { ESLint } = await import('eslint');
const eslint = new ESLint();
const found = {};
for (const file of process.argv.slice(1)) {
  const [result] = await eslint.lintText("import '../simulator/start-simulator';\\n", { filePath: file });
  found[file] = result.messages.map(({ ruleId, message }) => ruleId + ': ' + message);
}
console.log(JSON.stringify(found));`;

describe('the lint rule on the simulated model', () => {
  it('keeps every room of production from importing it, and lets the command line start it', async () => {
    const fileOf = (room: string): string => {
      const file = readdirSync(join(repository, room)).find((name) => name.endsWith('.ts'));
      if (file === undefined) throw new Error(`${room} has no TypeScript file at its top`);
      return join(room, file);
    };
    const rooms = production.filter((room) => existsSync(join(repository, room)));
    const files = [...rooms, 'cli'].map(fileOf);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', lint, ...files], {
      cwd: repository,
    });
    const found = JSON.parse(stdout) as Record<string, string[]>;
    for (const file of files) {
      const refusals = (found[file] ?? []).filter((message) => message.startsWith('no-restricted-imports: '));
      expect([file, refusals.length]).toEqual([file, file.startsWith('cli/') ? 0 : 1]);
    }
  });
});
