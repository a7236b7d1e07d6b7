import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

function study(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'study/main.ts', ...args], { cwd: root, encoding: 'utf8' });
}

describe('npm run study', () => {
  it.each([
    [['--seeds', 'many'], /--seeds: expected a whole number above 0, got "many"/],
    [['--settings', 'full,half'], /--settings: there is no "half"; known are full, /],
    [['--worlds', 'ours'], /--worlds: there is no "ours"; known are hidden-pitfalls, /],
    [['--jason', 'x'], /--jason/],
  ])('refuses %j before anything is started', (args, says) => {
    const { status, stderr, stdout } = study(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
  });
});
