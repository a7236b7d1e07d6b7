import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { diffText } from '../../cli/terminal/skill-text';
import { diffLayers } from '../../skill/layer-diff';
import { readPackage } from '../../skill/package';
import { commandLine, weakSkill } from './command-line';

const cli = commandLine();
afterAll(cli.close);
let folders = 0;

/** A copy of the shipped skill with files changed: by path, from and to; or a new file's text. */
function changed(changes: Record<string, [from: string, to: string] | string>): string {
  const dir = join(cli.home.root, '..', `copy-${(folders += 1)}`, 'weak-spreadsheet-skill');
  cpSync(weakSkill, dir, { recursive: true });
  for (const [path, change] of Object.entries(changes)) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof change === 'string') writeFileSync(file, change);
    else writeFileSync(file, readFileSync(file, 'utf8').replace(...change));
  }
  return dir;
}

describe('skill check', () => {
  it('finds the shipped skill in order', async () => {
    expect(await cli.run(['skill', 'check', weakSkill])).toMatchObject({ code: 0, stderr: '' });
    expect(await cli.run(['skill', 'check', weakSkill, '--strict'])).toMatchObject({ code: 0 });
  });

  it('fails for what breaks the specification and for broken pointers, with file, field and fix', async () => {
    const dir = changed({
      'SKILL.md': ['description: Edits', 'allowed-tools: [Read]\ndescription: Edits'],
      'references/reading-workbooks.md': ['#', 'See references/gone.md.\n\n#'],
    });
    const { code, stdout } = await cli.run(['skill', 'check', dir]);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'error  SKILL.md: allowed-tools: expected text, got a list; write the tools on one line, separated by spaces',
      expect.stringMatching(
        /^error {2}references\/reading-workbooks\.md: pointer: points to references\/gone\.md.*; write/,
      ),
      '2 errors, 0 warnings',
      '',
    ]);
  });

  it('fails for warnings with --strict alone, and tells them as JSON', async () => {
    const dir = changed({ 'references/lost.md': 'x\n' });
    expect(await cli.run(['skill', 'check', dir])).toMatchObject({ code: 0 });
    expect(await cli.run(['skill', 'check', dir, '--strict'])).toMatchObject({ code: 1 });
    expect(await cli.json(['skill', 'check', dir])).toMatchObject({
      ...{ ok: true, errors: 0, warnings: 1 },
      findings: [{ severity: 'warning', file: 'references/lost.md', field: 'orphan', problem: 'nothing points to it' }],
    });
  });

  it('names a folder that is not there, and a broken frontmatter with its line', async () => {
    const absent = await cli.run(['skill', 'check', 'nowhere']);
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringMatching(/skill folder nowhere.*does not exist/) });
    const { code, stdout } = await cli.run(['skill', 'check', changed({ 'SKILL.md': ['name: ', 'name:'] })]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/SKILL\.md: frontmatter: not valid YAML on line 2/);
  });
});

it('skill show gives layers with their sizes, the anchors of the body and the pointers', async () => {
  const { code, stdout } = await cli.run(['skill', 'show', weakSkill]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^L1 {2}frontmatter {2}\d+ tokens$/m);
  expect(stdout).toMatch(/^L2 {2}body {2}\d+ tokens, 20 lines$/m);
  expect(stdout).toMatch(/^ {4}item {7}common-pitfalls\/1 {2}Write to the worksheet/m);
  expect(stdout).toMatch(/reading-workbooks\.md {2}\d+ tokens\n {6}read when the layout of the workbook is unclear\n/);
  expect(await cli.json(['skill', 'show', weakSkill])).toMatchObject({
    name: 'weak-spreadsheet-skill',
    files: [{ path: 'references/reading-workbooks.md', named: true, pointer: { skip: 'the task names every cell' } }],
  });
});

describe('skill diff', () => {
  const other = (): string =>
    changed({
      'SKILL.md': ['description: Edits', 'description: Changes'],
      'references/reading-workbooks.md': ['#', '# \u001B[31m'],
      'scripts/new.mjs': 'export {};\n',
    });

  it('tells layers apart, with the line numbers of the files', async () => {
    const dir = other();
    writeFileSync(join(dir, 'SKILL.md'), readFileSync(join(dir, 'SKILL.md'), 'utf8').replace('a loop.', 'two loops.'));
    const { code, stdout } = await cli.run(['skill', 'diff', weakSkill, dir], { NO_COLOR: '', FORCE_COLOR: '1' });
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001B');
    const headings = stdout.split('\n').filter((line) => /^(L|@)/.test(line));
    expect(headings).toEqual([
      'L1 frontmatter of SKILL.md',
      '@@ -1,4 +1,4 @@',
      'L2 body of SKILL.md',
      '@@ -15,7 +15,7 @@',
      'L3 references/reading-workbooks.md',
      expect.stringMatching(/^@@ -1,/),
      'L3 scripts/new.mjs (added)',
      expect.stringMatching(/^@@ -[01],0 \+1,1 @@$/),
    ]);
    expect(readFileSync(join(weakSkill, 'SKILL.md'), 'utf8').split('\n')[17]).toMatch(/a loop\.$/);
  });

  it('says so when nothing differs, and gives JSON', async () => {
    expect(await cli.run(['skill', 'diff', weakSkill, weakSkill])).toMatchObject({
      code: 0,
      stdout: 'no difference\n',
    });
    expect(await cli.json(['skill', 'diff', weakSkill, other()])).toMatchObject({
      equal: false,
      changes: [
        { layer: 'L1', file: 'SKILL.md', change: 'changed' },
        { layer: 'L3' },
        { layer: 'L3', change: 'added' },
      ],
    });
  });

  it('is coloured where there are colours', async () => {
    const [before, after] = await Promise.all([readPackage(weakSkill), readPackage(other())]);
    const lines = diffText(diffLayers(before.files, after.files), pc.createColors(true));
    expect(lines).toContainEqual(expect.stringMatching(/^\u001B\[32m\+description: Changes.*\u001B\[39m$/));
    expect(lines).toContainEqual(expect.stringMatching(/^\u001B\[31m-description: Edits/));
  });
});
