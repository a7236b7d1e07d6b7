import * as fs from 'node:fs';
import * as path from 'node:path';
import { describeBubblewrap, describeEach, fill, limits, run, temporaryDirectory } from './sandboxes';
import { openBubblewrap } from '../../sandbox/bubblewrap';

const workbook = `
const book = new ExcelJS.Workbook();
book.addWorksheet('Sheet1').getCell('A1').value = 42;
book.xlsx.writeFile('out.xlsx').then(async () => {
  const again = new ExcelJS.Workbook();
  await again.xlsx.readFile('out.xlsx');
  console.log(again.getWorksheet('Sheet1').getCell('A1').value);
});
`;
const forms = {
  'import in .mjs': ['a.mjs', `import ExcelJS from 'exceljs';${workbook}`],
  'require in .mjs': ['a.mjs', `const ExcelJS = require('exceljs');${workbook}`],
  'import in .js': ['a.js', `import ExcelJS from 'exceljs';${workbook}`],
  'require in .js': ['a.js', `const ExcelJS = require('exceljs');${workbook}`],
} as const;

describeEach((open) => {
  for (const [form, [file, source]] of Object.entries(forms)) {
    it(`writes and reads a workbook with exceljs, by ${form}`, async () => {
      const workDir = temporaryDirectory();
      const result = await run(open, source, { file, workDir });
      expect(result).toMatchObject({ exitCode: 0, stdout: '42\n', stderr: '', limit: null });
      expect(fs.statSync(path.join(workDir, 'out.xlsx')).size).toBeGreaterThan(1000);
    });
  }

  it('gives CommonJS in .js what such programs lean on', async () => {
    const source = `
      const path = require('path');
      if (require.main === module) console.log(path.join(__dirname, 'x'), path.basename(__filename));`;
    expect(await run(open, source, { file: 'a.js' })).toMatchObject({ stdout: '/work/x a.js\n', exitCode: 0 });
  });

  it('shows the work directory as /work, whatever it is, and nothing of this machine', async () => {
    const workDir = temporaryDirectory();
    const source = `
      console.log(process.argv[1], import.meta.url, process.cwd());
      require('exceljs').nothing();`;
    const { stdout, stderr, exitCode } = await run(open, source, { workDir });
    expect(exitCode).toBe(1);
    expect(stdout).toBe('/work/program.mjs /work/program.mjs /work\n');
    expect(stderr).toContain('/work/program.mjs:3');
    expect(stdout + stderr).not.toContain(workDir);
    expect(stdout + stderr).not.toContain(path.resolve(__dirname, '../..'));
  });

  it('hands on the exit code and both streams', async () => {
    const source = `console.log('out'); console.error('err'); process.exit(7);`;
    expect(await run(open, source)).toMatchObject({ exitCode: 7, stdout: 'out\n', stderr: 'err\n', limit: null });
  });

  it('lets a run change what an earlier one wrote, and leaves all of it to the owner of the directory', async () => {
    const workDir = temporaryDirectory();
    await run(open, `import fs from 'fs'; fs.mkdirSync('sub'); fs.writeFileSync('sub/n', '1');`, { workDir });
    await run(open, `import fs from 'fs'; fs.appendFileSync('sub/n', '2');`, { workDir });
    expect(fs.readFileSync(path.join(workDir, 'sub/n'), 'utf8')).toBe('12');
    expect(fs.statSync(path.join(workDir, 'sub/n')).uid).toBe(process.getuid?.());
  });

  it('rejects with the reason when the signal is aborted', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('no longer wanted')), 300);
    const running = run(open, 'setInterval(() => {}, 1000);', { signal: stop.signal });
    await expect(running).rejects.toThrow('no longer wanted');
  });

  it('names the languages that it knows when a file is of another', async () => {
    await expect(run(open, '', { file: 'a.exe' })).rejects.toThrow(/a\.exe: expected a name that ends in .*\.mjs/);
  });
});

describeBubblewrap('languages of bubblewrap', () => {
  it.each([
    ['a.sh', 'set -e; x=(1 2); echo "$(pwd) ${#x[@]}"', '/work 2\n'],
    ['a.py', 'import os, json; print(os.getcwd(), json.dumps([1]))', '/work [1]\n'],
    ['b.sh', 'echo \'console.log(typeof require("exceljs").Workbook)\' >x.js; node x.js', 'function\n'],
  ])('runs %s', async (file, source, printed) => {
    const sandbox = await openBubblewrap();
    if (file.endsWith('.py') && !sandbox.languages.includes('.py')) return;
    const workDir = fill(temporaryDirectory(), { [file]: source });
    expect(await sandbox.run({ workDir, file, limits })).toMatchObject({ stdout: printed, stderr: '', exitCode: 0 });
  });

  it('runs eight programs at once, each with its whole share of processes', async () => {
    const sandbox = await openBubblewrap(null);
    const source = 'for i in $(seq 30); do sleep 1 & done; wait; echo $?';
    const results = await Promise.all(
      Array.from({ length: 8 }, () =>
        sandbox.run({ workDir: fill(temporaryDirectory(), { 'a.sh': source }), file: 'a.sh', limits }),
      ),
    );
    for (const result of results) expect(result).toMatchObject({ stdout: '0\n', stderr: '', exitCode: 0 });
  });
});
