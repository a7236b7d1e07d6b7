import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchmarkDataError } from '../../../benchmarks/benchmark';
import { openBenchmark } from '../../../benchmarks/open-benchmark';

const { load } = openBenchmark('spreadsheetbench');
const workbook = join(__dirname, '../fixtures/spreadsheet/51-12/1_51-12_init.xlsx');
const entry = {
  id: '51-12',
  instruction: 'Count the values.',
  instruction_type: 'Cell-Level Manipulation',
  spreadsheet_path: 'spreadsheet/51-12',
  answer_position: 'B6',
};

let folder: string;
let task: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgrad-load-'));
  task = join(folder, 'spreadsheet/51-12');
  mkdirSync(task, { recursive: true });
  for (const kind of ['init', 'golden']) copyFileSync(workbook, join(task, `1_51-12_${kind}.xlsx`));
  writeDataset([entry]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeDataset(value: unknown): void {
  writeFileSync(join(folder, 'dataset.json'), typeof value === 'string' ? value : JSON.stringify(value));
}

async function expectError(says: RegExp, fix: RegExp, dataDir = folder): Promise<void> {
  const error: unknown = await load(dataDir).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BenchmarkDataError)) throw new Error(`expected a BenchmarkDataError, got ${String(error)}`);
  expect(error.message).toMatch(says);
  expect(error.fix).toMatch(fix);
  expect(error).toMatchObject({ type: 'input.benchmark-data', retryable: false });
}

describe('loading a data folder', () => {
  it('gives prompts, workbooks and answers, and no prompt names the id of its task', async () => {
    const [loaded] = await load(folder);
    expect(loaded).toMatchObject({
      id: '51-12',
      inputs: [{ path: 'input.xlsx', sourcePath: join(task, '1_51-12_init.xlsx') }],
      outputs: ['output.xlsx'],
      golden: { files: [{ sourcePath: join(task, '1_51-12_golden.xlsx') }], answer: { answer_position: 'B6' } },
    });
    expect(loaded?.prompt).toContain('Count the values.');
    for (const { id, prompt } of await load(join(__dirname, '../../../examples/spreadsheetbench'))) {
      expect(prompt).not.toMatch(new RegExp(`(^|[^\\w-])${id}([^\\w-]|$)`));
    }
  });

  it('takes ids that are numbers, and workbooks with the other published names', async () => {
    writeDataset([{ ...entry, id: 51_012 }]);
    for (const kind of ['init', 'golden']) unlinkSync(join(task, `1_51-12_${kind}.xlsx`));
    copyFileSync(workbook, join(task, 'initial.xlsx'));
    copyFileSync(workbook, join(task, '1_99999_golden.xlsx'));
    expect((await load(folder)).map(({ id }) => id)).toEqual(['51012']);
  });

  it('names the folder that is not there, and the layout to give', () =>
    expectError(
      /the data folder \S+nowhere isn't there/,
      /dataset\.json beside spreadsheet\//,
      join(folder, 'nowhere'),
    ));

  it('names the file that takes the place of the folder', () =>
    expectError(/dataset\.json is no folder/, /give the folder/, join(folder, 'dataset.json')));

  it('names the missing dataset.json', () => {
    unlinkSync(join(folder, 'dataset.json'));
    return expectError(/has no dataset\.json/, /give the folder/);
  });

  it.each([
    ['broken JSON', '[{"id": 1,', /dataset\.json is not valid JSON: /, /download it again/],
    ['no list', { tasks: [] }, /dataset\.json: expected a list of tasks, got {"tasks":\[\]}/, /give the folder/],
    ['an empty list', [], /dataset\.json lists no tasks/, /give the folder/],
    ['an entry that is none', [entry, 7], /dataset\.json: entry 2: .*expected object.*, got 7/, /correct the entry/],
    [
      'an entry without instruction',
      [{ ...entry, instruction: undefined }],
      /entry 1 \(id "51-12"\), field instruction: .*expected string.*, got nothing/,
      /correct the entry, or remove it/,
    ],
    [
      'an id that is a path',
      [{ ...entry, id: '../etc' }],
      /entry 1, field id: expected letters, .*, got "\.\.\/etc"/,
      /correct the entry/,
    ],
    ['the same id twice', [entry, entry], /entry 2, field id: "51-12" is the id of entry 1 too/, /an id of its own/],
    [
      'a path out of the folder',
      [{ ...entry, spreadsheet_path: '../../etc' }],
      /"\.\.\/\.\.\/etc" leads out of the data folder/,
      /below the data folder/,
    ],
    [
      'a folder that is not there',
      [{ ...entry, spreadsheet_path: 'spreadsheet/9' }],
      /task 51-12 of .*dataset\.json, field spreadsheet_path: expected a folder at .*spreadsheet\/9, got nothing/,
      /restore the task's folder/,
    ],
  ])('refuses %s and says where', (_what, dataset, says, fix) => {
    writeDataset(dataset);
    return expectError(says, fix);
  });

  it('names the workbook that is missing and what is there instead', () => {
    unlinkSync(join(task, '1_51-12_golden.xlsx'));
    return expectError(
      /task 51-12 of .*: expected one golden workbook like 1_51-12_golden\.xlsx in .*, got 1_51-12_init\.xlsx/,
      /restore the task's workbooks/,
    );
  });

  it('refuses to guess between two workbooks', () => {
    unlinkSync(join(task, '1_51-12_golden.xlsx'));
    for (const name of ['1_1_golden.xlsx', '2_1_golden.xlsx']) copyFileSync(workbook, join(task, name));
    return expectError(/expected one golden workbook .*, got 1_1_golden\.xlsx, 2_1_golden\.xlsx/, /published names/);
  });

  it('follows no link inside of the folder', async () => {
    unlinkSync(join(task, '1_51-12_golden.xlsx'));
    symlinkSync(workbook, join(task, '1_51-12_golden.xlsx'));
    await expectError(/1_51-12_golden\.xlsx is a symbolic link, which is not followed/, /put the file itself/);
    rmSync(task, { recursive: true });
    symlinkSync(join(workbook, '..'), task);
    await expectError(/spreadsheet\/51-12 is a symbolic link/, /put the file itself/);
  });
});
