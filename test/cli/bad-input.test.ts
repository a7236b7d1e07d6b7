import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, demoData, weakSkill, type Ended } from './command-line';

const cli = commandLine();
const folder = join(cli.home.root, '..', 'input');
const key = { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
const good = ['--skill', weakSkill, '--data', demoData, '--benchmark', 'spreadsheetbench', '--model', 'some-model'];

beforeAll(() => void mkdirSync(folder, { recursive: true }));
afterAll(cli.close);

/** The given flags of a good command line replaced. */
function optimize(over: Record<string, string> = {}, ...more: string[]): Promise<Ended> {
  const given = good.map((value, index) => over[good[index - 1] ?? ''] ?? value);
  return cli.run(['optimize', '--profile', 'demo', ...given, ...more], key);
}

/** What a user must see: the thing, the fix, no stack trace, an exit code, and nothing written. */
function expectRefusal({ code, stderr, stdout }: Ended, ...words: (string | RegExp)[]): void {
  expect(code).toBeGreaterThan(0);
  for (const word of words) expect(stderr).toMatch(word);
  expect(stderr + stdout).not.toMatch(/^\s+at /m);
  expect(existsSync(cli.home.root)).toBe(false);
}

/** A copy of the demo's data whose first entry is changed; workbooks are links, but for the first task's. */
function brokenData(name: string, change: (entries: Record<string, unknown>[], dir: string) => void): string {
  const dir = join(folder, name);
  mkdirSync(join(dir, 'spreadsheet'), { recursive: true });
  const entries = JSON.parse(readFileSync(join(demoData, 'dataset.json'), 'utf8')) as Record<string, unknown>[];
  for (const { spreadsheet_path: path } of entries) {
    cpSync(join(demoData, String(path)), join(dir, String(path)), { recursive: true });
  }
  change(entries, dir);
  writeFileSync(join(dir, 'dataset.json'), JSON.stringify(entries));
  return dir;
}

describe('optimize refuses, before anything is started,', () => {
  it('a missing key, and names the variable', async () => {
    expectRefusal(await cli.run(['optimize', ...good]), 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'Nothing was started');
  });

  it('missing settings, and names the flags', async () => {
    expectRefusal(await cli.run(['optimize', '--model', 'm'], key), '--skill, --benchmark, --data');
    expectRefusal(await cli.run(['optimize', '--skill', weakSkill], key), '--model');
  });

  it('a folder that is no skill, and names what it lacks', async () => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    expectRefusal(await optimize({ '--skill': join(folder, 'none') }), /input.none/);
    expectRefusal(await optimize({ '--skill': join(folder, 'empty') }), /SKILL\.md/, /create it/);
  });

  it('a SKILL.md that is broken, and names the field', async () => {
    const skill = join(folder, 'broken');
    cpSync(weakSkill, skill, { recursive: true });
    writeFileSync(join(skill, 'SKILL.md'), '---\nname: [\n---\nText\n');
    expectRefusal(await optimize({ '--skill': skill }), /SKILL\.md/, /frontmatter|YAML/i);
    // What only breaks the specification is told and keeps nothing from starting; here the price does.
    writeFileSync(join(skill, 'SKILL.md'), '---\nname: broken\ndescription: X.\nallowed-tools: [Read]\n---\nText\n');
    const warned = await optimize({ '--skill': skill }, '--price', 'some-model=1/4');
    expectRefusal(warned, /warning: SKILL\.md: allowed-tools: expected text, got a list/, /--budget-usd N/);
  });

  it('a data folder that is missing, empty or no JSON', async () => {
    expectRefusal(await optimize({ '--data': join(folder, 'nowhere') }), /nowhere/, /dataset\.json/);
    const dir = brokenData('no-json', () => undefined);
    writeFileSync(join(dir, 'dataset.json'), '[{');
    expectRefusal(await optimize({ '--data': dir }), /dataset\.json is not valid JSON/);
  });

  it('a broken dataset entry, and names entry and field', async () => {
    const dir = brokenData('entry', ([first]) => delete first?.['answer_position']);
    expectRefusal(await optimize({ '--data': dir }), /entry 1 /, /answer_position/, /correct the entry/);
  });

  it('a broken custom task, and names line and field', async () => {
    const dir = join(folder, 'custom');
    mkdirSync(dir, { recursive: true });
    writeFileSync(
      join(dir, 'dataset.jsonl'),
      '{"id": "a", "prompt": "Say yes.", "answer": "yes"}\n{"id": "b", "prompt": 1}\n',
    );
    expectRefusal(
      await optimize({ '--data': dir, '--benchmark': 'custom' }),
      /dataset\.jsonl:2 \(id "b"\), field prompt/,
      /correct the entry/,
    );
  });

  it('a broken workbook, and names the task', async () => {
    const dir = brokenData('workbook', ([first], at) => {
      const path = join(at, String(first?.['spreadsheet_path']), `1_${String(first?.['id'])}_golden.xlsx`);
      expect(existsSync(path)).toBe(true);
      rmSync(path);
      writeFileSync(path, 'no workbook');
    });
    const [first] = JSON.parse(readFileSync(join(dir, 'dataset.json'), 'utf8')) as { id: string }[];
    expectRefusal(await optimize({ '--data': dir }), `task ${first?.id}`, /Restore its workbooks/);
  });

  it('a data folder whose workbooks are links to elsewhere', async () => {
    const dir = brokenData('links', ([first], at) => {
      rmSync(join(at, String(first?.['spreadsheet_path'])), { recursive: true });
      symlinkSync('/etc', join(at, String(first?.['spreadsheet_path'])));
    });
    expectRefusal(await optimize({ '--data': dir }), /--data/);
  });

  it('an unknown YAML key, a wrong value and broken YAML, with file and line', async () => {
    const file = join(folder, 'run.yaml');
    writeFileSync(file, 'epochs: 1\nbatchsize: 4\n');
    expectRefusal(await optimize({}, '--config', file), /run\.yaml:2/, /batchsize/, /Did you mean "batch-size"/);
    writeFileSync(file, 'epochs: many\n');
    expectRefusal(await optimize({}, '--config', file), /run\.yaml:1: epochs/, /"many"/);
    writeFileSync(file, 'epochs: [1\n');
    expectRefusal(await optimize({}, '--config', file), /run\.yaml: not valid YAML/);
    expectRefusal(await optimize({}, '--config', join(folder, 'none.yaml')), /none\.yaml cannot be read/);
  });

  it('a priced model without a budget, and a budget without a price', async () => {
    const priced = await optimize({}, '--price', 'some-model=1/4');
    expectRefusal(priced, /--budget-usd N/, /--yes/);
    expect(priced.stdout).toMatch(/calls +3,948/);
    expect(priced.stdout).toMatch(/cost +\$[\d,.]+/);
    const unpriced = await optimize({}, '--budget-usd', '5');
    expectRefusal(unpriced, /no price is known for some-model/, '--price some-model=IN/OUT');
    expect(unpriced.stdout).toMatch(/cost +unknown/);
  });

  it('a policy for guarded updates that there is none of', async () => {
    expectRefusal(await optimize({}, '--guarded', 'maybe'), /--guarded/, /"flag"|"refuse"/, /"maybe"/);
  });

  it('a folder for the result that is not empty', async () => {
    writeFileSync(join(folder, 'file'), '');
    expectRefusal(await optimize({}, '--out', folder), `--out ${folder}`, /not empty/);
    expectRefusal(await optimize({}, '--out', join(folder, 'file')), /is a file/);
  });

  it('too few tasks, with the counts', async () => {
    expectRefusal(await optimize({}, '--validation-tasks', '45'), /45 for validation/, /--validation-tasks/);
  });

  it('a gate or a schedule that the tasks do not allow, with the numbers', async () => {
    const level = await optimize({}, '--gate', 'significant', '--validation-tasks', '5');
    expectRefusal(level, /takes at least 6 wins and no loss, and there are 5 validation tasks/, /Nothing was started/);
    const lead = await optimize({}, '--validation-tasks', '1');
    expectRefusal(lead, /a lead of \+2 can't be reached on 1 validation task;/, /--gate-accept/);
    const batch = ['--schedule', 'fixed-updates', '--updates', '3', '--batch-size', '20'];
    expectRefusal(await optimize({}, ...batch), /full batch of 20 is larger than the 12 training tasks/);
  });

  it('a server that does not answer, and a base URL that is none', async () => {
    expectRefusal(await optimize({}, '--address', '127.0.0.1:1'), /127\.0\.0\.1:1/, /--address/);
    const wrong = await cli.run(['optimize', ...good], { ...key, OPENAI_BASE_URL: 'api.example' });
    expectRefusal(wrong, /OPENAI_BASE_URL/, /"api\.example"/);
  }, 60_000);
});

describe('commands about a run', () => {
  it('say that the server is down, and how to start it', async () => {
    for (const args of [['status', 'x'], ['watch', 'x'], ['list'], ['pause', 'x'], ['stop', 'x']]) {
      expectRefusal(await cli.run(args), /is not running/, 'skillgrad server start');
    }
  });

  it('refuse what makes no sense, and name the flag', async () => {
    expectRefusal(await cli.run(['budget', 'x']), '--add-usd N');
    expectRefusal(await cli.run(['budget', 'x', '--add-usd', '-1']), '--add-usd', /above 0/);
    expectRefusal(await cli.run(['result', 'x']), '--out');
    expectRefusal(await cli.run(['result', 'x', '--out', folder]), /not empty/);
    expectRefusal(await cli.run(['demo', '--seed', 'x']), '--seed');
    expectRefusal(await cli.run(['demo', '--address', '127.0.0.1:1']), /127\.0\.0\.1:1/);
    expectRefusal(await cli.run(['optimise']), /unknown command/, /optimize/);
  }, 60_000);

  it('refuse a simulated model without data or with a fault that there is none of', async () => {
    expectRefusal(await cli.run(['simulator', '--data', join(folder, 'nowhere')]), /nowhere/, /dataset\.json/);
    const fault = await cli.run(['simulator', '--data', demoData, '--fault', 'fire:0.1']);
    expectRefusal(fault, /KIND is one of/, /rate-limit/);
  });

  it('do not start a worker without a key', async () => {
    expectRefusal(await cli.run(['worker']), 'OPENAI_API_KEY');
  });
});
