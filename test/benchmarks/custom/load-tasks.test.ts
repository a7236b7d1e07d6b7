import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchmarkDataError } from '../../../benchmarks/benchmark';
import { openBenchmark } from '../../../benchmarks/open-benchmark';

const { load } = openBenchmark('custom');
const entry = { id: 'sum-1', prompt: 'Add the numbers of numbers.csv.', inputs: ['files/numbers.csv'], answer: '6\n' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgrad-custom-'));
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'files/numbers.csv'), '1\n2\n3\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

async function expectError(says: RegExp, fix: RegExp): Promise<void> {
  const error: unknown = await load(folder).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BenchmarkDataError)) throw new Error(`expected a BenchmarkDataError, got ${String(error)}`);
  expect(error.message).toMatch(says);
  expect(error.fix).toMatch(fix);
}

describe('loading custom tasks', () => {
  it('tells the agent its files and where the answer goes, and neither id nor folder', async () => {
    write('dataset.json', JSON.stringify([entry, { id: 2, prompt: 'Name a colour.', answer: 'red' }]));
    const [sum, colour] = await load(folder);
    expect(sum).toMatchObject({
      id: 'sum-1',
      inputs: [{ path: 'numbers.csv', sourcePath: join(folder, 'files/numbers.csv') }],
      outputs: ['answer.txt'],
      golden: { files: [], answer: { text: '6\n' } },
    });
    expect(sum?.prompt).toMatch(/Add the numbers[^]*`numbers\.csv`[^]*`answer\.txt`/);
    expect(sum?.prompt).not.toMatch(/sum-1|files\/|6/);
    expect(colour).toMatchObject({ id: '2', inputs: [] });
  });

  it('reads JSON lines alike, blank lines passed over', async () => {
    write('dataset.jsonl', `${JSON.stringify(entry)}\n\n${JSON.stringify({ ...entry, id: 'sum-2' })}\n`);
    expect((await load(folder)).map(({ id }) => id)).toEqual(['sum-1', 'sum-2']);
  });

  it('names file, entry and field of what is wrong', async () => {
    await expectError(/no dataset\.json or dataset\.jsonl/, /"id", "prompt"/);
    write('dataset.json', '[{');
    await expectError(/dataset\.json is not valid JSON/, /correct the file/);
    write('dataset.json', '{}');
    await expectError(/expected a list of tasks, got \{\}/, /a list/);
    for (const [field, value] of [
      ['prompt', ' '],
      ['answer', '\n'],
      ['answer', 6],
      ['inputs', 'files/numbers.csv'],
    ] as const) {
      write('dataset.json', JSON.stringify([entry, { ...entry, id: 'sum-2', [field]: value }]));
      await expectError(new RegExp(`entry 2 \\(id "sum-2"\\), field ${field}: .*got `), /correct the entry/);
    }
    write('dataset.json', JSON.stringify([entry, entry]));
    await expectError(/entry 2, field id: "sum-1" is the id of entry 1 too/, /id of its own/);
    write('dataset.json', JSON.stringify([{ ...entry, input: [] }]));
    await expectError(/entry 1 .*input/, /correct the entry/);
    rmSync(join(folder, 'dataset.json'));
    write('dataset.jsonl', `${JSON.stringify(entry)}\n{"id": \n`);
    await expectError(/dataset\.jsonl:2 is not valid JSON/, /correct the file/);
  });

  it('refuses inputs that are not there, lead elsewhere or clash', async () => {
    symlinkSync('/etc/hostname', join(folder, 'files/link.txt'));
    mkdirSync(join(folder, 'more'));
    write('more/numbers.csv', '4\n');
    write('files/answer.txt', '6\n');
    for (const [inputs, says, fix] of [
      [['files/none.csv'], /entry 1 \(id "sum-1"\), field inputs\.0: there is no file/, /relative to the data folder/],
      [['files'], /inputs\.0: it is no file/, /correct the path/],
      [['../dataset.json'], /leads out of the data folder/, /below the data folder/],
      [['files/link.txt'], /symbolic link/, /the file itself/],
      [['files/numbers.csv', 'more/numbers.csv'], /inputs\.1: two inputs are named numbers\.csv/, /different names/],
      [['files/answer.txt'], /where the answer goes/, /another name/],
    ] as [string[], RegExp, RegExp][]) {
      write('dataset.json', JSON.stringify([{ ...entry, inputs }]));
      await expectError(says, fix);
    }
  });
});
