import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeBubblewrap } from '../sandbox/sandboxes';
import { commandLine } from './command-line';

const cli = commandLine();
afterAll(cli.close);
let folders = 0;

/** A work directory with these files. */
function workDir(files: Record<string, string>): string {
  const dir = join(cli.home.root, '..', `work-${(folders += 1)}`);
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

describe('sandbox run', () => {
  it('hands on what a program prints and its exit code, and lets it change the directory', async () => {
    const source = `import fs from 'fs'; fs.writeFileSync('out', '1'); console.log('o'); console.error('e'); process.exit(3);`;
    const dir = workDir({ 'a.mjs': source });
    expect(await cli.run(['sandbox', 'run', 'a.mjs', '--dir', dir])).toEqual({ code: 3, stdout: 'o\n', stderr: 'e\n' });
    expect(readFileSync(join(dir, 'out'), 'utf8')).toBe('1');
  });

  it('confines it: nothing beside the directory, and no environment', async () => {
    const source = `
      import fs from 'fs';
      try { console.log(fs.readdirSync('..').length); } catch { console.log('refused'); }
      console.log(process.env.OPENAI_API_KEY);`;
    const dir = workDir({ 'a.mjs': source });
    const { stdout } = await cli.run(['sandbox', 'run', 'a.mjs', '--dir', dir], { OPENAI_API_KEY: 'sk-secret' });
    expect(stdout).toBe('refused\nundefined\n');
  });

  it('names the limit that ended a program, with exit code 124', async () => {
    const dir = workDir({ 'a.mjs': 'const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1));' });
    const { code, stderr } = await cli.run(['sandbox', 'run', 'a.mjs', '--dir', dir]);
    expect(code).toBe(124);
    expect(stderr).toContain('ended by the memory limit: 512 MB of memory');
  });

  it('says when output was cut, which ends nothing', async () => {
    const dir = workDir({ 'a.mjs': `console.log('x'.repeat(100_000));` });
    const { code, stdout, stderr } = await cli.run(['sandbox', 'run', 'a.mjs', '--dir', dir]);
    expect({ code, length: stdout.length }).toEqual({ code: 0, length: 64 * 1024 });
    expect(stderr).toContain('cut at the output limit: 64 kB');
  });

  it('prints the outcome as JSON', async () => {
    const dir = workDir({ 'a.mjs': 'console.log(1)' });
    expect(await cli.json(['sandbox', 'run', 'a.mjs', '--dir', dir])).toMatchObject({
      ...{ backend: 'deno', exitCode: 0, stdout: '1\n', stderr: '', limit: null, signal: null },
    });
  });

  it.each([
    ['a directory that is not there', ['a.mjs', '--dir', 'nowhere'], /nowhere.*expected a directory/],
    ['a file that is not there', ['b.mjs'], /b\.mjs: expected a file in the work directory/],
    ['a file outside', ['../a.mjs'], /\.\.\/a\.mjs: expected a file in the work directory/],
    ['another language', ['a.rb'], /a\.rb: expected a name that ends in \.mjs, \.js/],
    ['a backend that is unknown', ['a.mjs', '--backend', 'chroot'], /deno, bubblewrap/],
  ])('refuses %s, without a stack trace', async (_what, args, message) => {
    const dir = workDir({ 'a.mjs': '', 'a.rb': '' });
    const given = args.includes('--dir') ? args : [...args, '--dir', dir];
    const { code, stdout, stderr } = await cli.run(['sandbox', 'run', ...given]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('refuses a directory with a symlink in it, and names that', async () => {
    const dir = workDir({ 'a.mjs': '' });
    symlinkSync('/etc', join(dir, 'link'));
    const { code, stderr } = await cli.run(['sandbox', 'run', 'a.mjs', '--dir', dir]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/link is a symlink; remove it first/);
  });
});

describe('sandbox check', () => {
  it('says that the sandbox holds', async () => {
    expect(await cli.json(['sandbox', 'check'])).toMatchObject({
      ok: true,
      backend: 'deno',
      languages: ['.mjs', '.js'],
    });
  });

  it('names what is missing, with exit code 125', async () => {
    const { code, stderr } = await cli.run(['sandbox', 'check', '--backend', 'bubblewrap'], { PATH: '/nowhere' });
    expect(code).toBe(125);
    expect(stderr).toMatch(/bubblewrap.*(not on the PATH|expected linux)/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describeBubblewrap('sandbox run with bubblewrap', () => {
  it('runs a shell script, and shows the directory as /work', async () => {
    const dir = workDir({ 'a.sh': 'pwd; ls' });
    const { code, stdout } = await cli.run(['sandbox', 'run', 'a.sh', '--dir', dir, '--backend', 'bubblewrap']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '/work\na.sh\n' });
  });
});
