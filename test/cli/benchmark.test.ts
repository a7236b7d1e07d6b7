import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(__dirname, '../..');
const fixtures = join(repository, 'test/benchmarks/fixtures/spreadsheet');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'skillgrad-pairs-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command line in a folder of its own, with a home that nothing has touched. */
function skillgrad(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(repository, 'cli/skillgrad.cjs'), ...args], {
      cwd: tmpdir(),
      env: { ...process.env, SKILLGRAD_HOME: join(folder, 'home'), NO_COLOR: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function pairsFile(...rows: unknown[]): string {
  const file = join(folder, 'pairs.jsonl');
  writeFileSync(file, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
  return file;
}

const score = (file: string, ...more: string[]) =>
  skillgrad('benchmark', 'score', 'spreadsheetbench', '--pairs', file, ...more);

const linesOf = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('skillgrad benchmark score', () => {
  it('prints a line for each pair in their order, and exits with 0 whatever the verdicts', async () => {
    copyFileSync(join(fixtures, '51-12/1_51-12_golden.xlsx'), join(folder, 'golden.xlsx'));
    copyFileSync(join(fixtures, '51-12/1_51-12_init.xlsx'), join(folder, 'input.xlsx'));
    writeFileSync(join(folder, 'text.xlsx'), 'no workbook');
    const row = { golden: 'golden.xlsx', answer_position: 'B6' };
    const file = pairsFile(
      { ...row, id: 'right', output: 'golden.xlsx' },
      { ...row, id: 2, output: 'input.xlsx' },
      '',
      { ...row, id: 'text', output: 'text.xlsx' },
      { ...row, id: 'absent', output: 'absent.xlsx' },
      { ...row, id: 'none', output: null },
      { ...row, id: 'golden', golden: 'text.xlsx', output: 'input.xlsx' },
      { ...row, id: 'last', output: 'golden.xlsx' },
    );
    const { code, stdout, stderr } = await score(file);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines).toMatchObject([
      { id: 'right', solved: true, matched: 1, total: 1, mismatches: [], status: 'scored' },
      { id: 2, solved: false, matched: 0, total: 1, status: 'scored' },
      { id: 'text', solved: false, matched: 0, total: 1, status: 'unreadable' },
      { id: 'absent', solved: false, status: 'missing' },
      { id: 'none', solved: false, status: 'missing' },
      { id: 'golden', solved: false, matched: 0, total: 0, status: 'unreadable' },
      { id: 'last', solved: true },
    ]);
    for (const line of lines) {
      expect(Object.keys(line as object)).toEqual(['id', 'solved', 'matched', 'total', 'mismatches', 'status']);
    }
  });

  it('takes the official protocol unless told otherwise', async () => {
    // A comma in the sheet's name: the official evaluator splits the position there.
    const dataset = JSON.parse(readFileSync(join(fixtures, '../dataset.json'), 'utf8')) as {
      id: string | number;
      answer_position: string;
    }[];
    const position = dataset.find(({ id }) => String(id) === '45944')?.answer_position;
    const golden = join(fixtures, '45944/1_45944_golden.xlsx');
    const file = pairsFile({ id: 'a', golden, output: golden, answer_position: position });
    expect(linesOf((await score(file)).stdout)).toMatchObject([{ id: 'a', solved: false }]);
    expect(linesOf((await score(file, '--protocol', 'reference')).stdout)).toMatchObject([{ id: 'a', solved: true }]);
  });

  it('says line, field and what to do where a row is wrong, after the lines before it', async () => {
    const golden = join(fixtures, '51-12/1_51-12_golden.xlsx');
    const good = { id: 1, golden, output: golden, answer_position: 'B6' };
    const { code, stdout, stderr } = await score(pairsFile(good, { ...good, answer_position: 7 }));
    expect(code).toBe(1);
    expect(linesOf(stdout)).toMatchObject([{ id: 1, solved: true }]);
    expect(stderr).toMatch(/pairs\.jsonl:2: field answer_position: .*expected string.*, got 7; each line is/);
    const absent = await score(pairsFile({ ...good, golden: 'nowhere.xlsx' }));
    expect(absent.code).toBe(1);
    expect(absent.stderr).toMatch(/pairs\.jsonl:1: field golden: expected a workbook, got no file at .*nowhere\.xlsx/);
  });

  it('exits with 2 for what is asked in a wrong way', async () => {
    const absent = await score(join(folder, 'nowhere.jsonl'));
    expect(absent.code).toBe(2);
    expect(absent.stderr).toMatch(/--pairs: .*nowhere\.jsonl can't be read \(ENOENT\)/);
    expect((await score(pairsFile(), '--protocol', 'mine')).stderr).toMatch(/Allowed choices are official, reference/);
    const unknown = await skillgrad('benchmark', 'score', 'nobench', '--pairs', pairsFile());
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/no benchmark "nobench"\. Known: spreadsheetbench/);
  });
});

describe('skillgrad benchmark check', () => {
  it('lists the tasks that can never or always pass', async () => {
    const data = join(repository, 'test/benchmarks/fixtures');
    const { code, stdout } = await skillgrad('benchmark', 'check', 'spreadsheetbench', '--data', data, '--json');
    expect(code).toBe(0);
    const { excluded } = JSON.parse(stdout) as { excluded: { id: string; reason: string }[] };
    expect(excluded.map(({ id }) => id).sort()).toEqual(['13-1', '130-9', '45944', '73-45']);
  });
});
