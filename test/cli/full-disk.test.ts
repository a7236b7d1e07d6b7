import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountSmallDisk } from '../mount-disk';
import { describeSmallDisk } from '../small-disk';
import { commandLine, demoData, weakSkill } from './command-line';

describeSmallDisk('a full disk', () => {
  const base = mkdtempSync(join(tmpdir(), 'skillgrad-full-'));
  const home = join(base, 'home');
  const unmount = mountSmallDisk(home, '64k');
  const ballast = join(home, 'ballast');
  writeFileSync(ballast, Buffer.alloc(64 * 1024));
  const cli = commandLine(base);

  afterAll(async () => {
    rmSync(ballast);
    await cli.close();
    unmount();
    rmSync(base, { recursive: true, force: true });
  });

  const inputs = ['--skill', weakSkill, '--data', demoData, '--benchmark', 'spreadsheetbench'];

  it.each([
    ['demo', ['demo']],
    ['optimize', ['optimize', '--profile', 'demo', '--model', 'some-model', ...inputs]],
  ])('keeps %s from starting, which names it and the fix and leaves no half-written file', async (_, args) => {
    const env = { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
    const { code, stdout, stderr } = await cli.run(args, env);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(home);
    expect(stderr).toMatch(/no space left/);
    expect(stderr).toMatch(/Free space on that disk, or set SKILLGRAD_HOME/);
    expect(stderr + stdout).not.toMatch(/^\s+at /m);
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toEqual(['ballast']);
  });
});
