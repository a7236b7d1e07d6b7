import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openBubblewrap } from '../../sandbox/bubblewrap';
import { describeBubblewrap, describeEach, fill, limits, run, temporaryDirectory } from './sandboxes';

describeEach((open) => {
  it('refuses a work directory with a planted symlink, and names it', async () => {
    const workDir = temporaryDirectory();
    fs.mkdirSync(path.join(workDir, 'sub'));
    fs.symlinkSync('/etc', path.join(workDir, 'sub', 'planted'));
    await expect(run(open, 'console.log(1)', { workDir })).rejects.toMatchObject({
      type: 'sandbox.work-dir',
      message: expect.stringContaining('sub/planted is a symlink'),
    });
  });

  it('refuses a symlink as the program or as the work directory', async () => {
    const workDir = temporaryDirectory();
    const link = path.join(temporaryDirectory(), 'link');
    fs.symlinkSync(workDir, link);
    await expect(run(open, '', { workDir: link })).rejects.toMatchObject({ type: 'sandbox.work-dir' });
    fs.symlinkSync('/bin/sh', path.join(workDir, 'other.mjs'));
    await expect(run(open, '', { workDir })).rejects.toMatchObject({ type: 'sandbox.work-dir' });
  });

  it('refuses a program outside the work directory', async () => {
    const sandbox = await open();
    const workDir = temporaryDirectory();
    for (const file of ['../program.mjs', '/etc/passwd', 'none.mjs', '.']) {
      await expect(sandbox.run({ workDir, file, limits })).rejects.toMatchObject({ type: 'sandbox.work-dir' });
    }
  });
});

describeBubblewrap('what code in bubblewrap leaves behind', () => {
  async function leave(script: string): Promise<string> {
    const workDir = fill(temporaryDirectory(), { 'a.sh': script });
    const sandbox = await openBubblewrap();
    expect(await sandbox.run({ workDir, file: 'a.sh', limits })).toMatchObject({ exitCode: 0, stderr: '' });
    return workDir;
  }

  it('holds no symlink, pipe or socket, at any depth', async () => {
    const workDir = await leave(`
      ln -s /etc/passwd link; mkdir -p a/b; ln -s .. a/b/up; mkfifo a/pipe; ln -s / a/root; echo x >a/b/file
      echo 'require("net").createServer().listen("a/socket", () => process.exit())' >s.js; node s.js; touch a/socket`);
    const left = execFileSync('find', [workDir, '!', '-type', 'f', '!', '-type', 'd'], { encoding: 'utf8' });
    expect(left).toBe('');
    expect(fs.readFileSync(path.join(workDir, 'a/b/file'), 'utf8')).toBe('x\n');
    expect(fs.lstatSync('/etc/passwd').isFile()).toBe(true);
  });

  it('is not followed while it is taken back: what a link points at keeps its owner and mode', async () => {
    const target = path.join(temporaryDirectory(), 'target');
    fs.writeFileSync(target, 'x', { mode: 0o640 });
    const before = fs.statSync(target);
    await leave(`ln -s '${target}' link; ln -s '${path.dirname(target)}' directory`);
    expect(fs.statSync(target)).toMatchObject({ mode: before.mode, uid: before.uid, ino: before.ino });
  });

  it('has no set-id bits, and can be read and removed by its owner', async () => {
    const workDir = await leave(
      'cp /bin/true tool; chmod 6755 tool; mkdir closed; touch closed/f; chmod 0 closed/f closed',
    );
    const left = execFileSync('find', [workDir, '-printf', '%P %m %U\n'], { encoding: 'utf8' }).split('\n').sort();
    const uid = process.getuid?.();
    expect(left).toEqual(expect.arrayContaining([`tool 755 ${uid}`, `closed 700 ${uid}`, `closed/f 600 ${uid}`]));
  });

  it('is not nested too deep to be read', async () => {
    const workDir = await leave(
      `d=$(printf 'x%.0s' $(seq 200)); for i in $(seq 60); do mkdir $d; cd -P $d 2>/dev/null || break; done; echo x >f`,
    );
    expect(() => fs.rmSync(workDir, { recursive: true })).not.toThrow();
  });

  it('has no names that the host could not write', async () => {
    const workDir = await leave(`
      ln -s /etc/passwd $'l\\xff'; mkdir -p $'d\\xfe/sub\\xff'; echo x >$'d\\xfe/sub\\xff/f'; mkdir ok; echo x >$'ok/\\xff'`);
    expect(fs.readdirSync(workDir).sort()).toEqual(['a.sh', 'ok']);
    expect(fs.readdirSync(path.join(workDir, 'ok'))).toEqual([]);
  });
});
