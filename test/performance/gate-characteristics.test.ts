import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { differences, measuredGates } from '../../performance/operating-characteristics';

const comparisons = 2000;
const root = join(__dirname, '..', '..');
const Row = z.object({ gate: z.string(), difference: z.number(), accepted: z.number(), tasks: z.number() });
const command = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', join(root, 'performance', 'gate-characteristics.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });

let folder: string;
let played: z.infer<typeof Row>[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgrad-gate-'));
  const json = join(folder, 'gate.json');
  const run = command('--comparisons', String(comparisons), '--seed', 'played again', '--json', json);
  expect(run.stderr).toBe('');
  played = z.object({ rows: z.array(Row) }).parse(JSON.parse(readFileSync(json, 'utf8'))).rows;
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A cell of the table in docs/gate.md: `0.42 (25.0)`. */
function documented(gate: string, difference: number): { accepted: number; tasks: number } {
  const text = readFileSync(join(root, 'docs', 'gate.md'), 'utf8');
  const row = text.split('\n').find((line) => line.startsWith(`| ${gate} |`));
  const cell = row?.split('|')[2 + differences.indexOf(difference)] ?? '';
  const match = /^ (\d\.\d\d) \((\d+\.\d)\) $/.exec(cell);
  if (!match) throw new Error(`docs/gate.md has no figures for ${gate} at ${difference}: "${cell}"`);
  return { accepted: Number(match[1]), tasks: Number(match[2]) };
}

/** Four standard errors (1 in 16,000), and half of the last digit that the document gives. */
function tolerance(accepted: number): number {
  const share = Math.min(0.995, Math.max(0.005, accepted));
  return 4 * Math.sqrt((share * (1 - share)) / comparisons) + 0.005;
}

it.each(measuredGates.map(({ name }) => name))(
  'accepts equally good skills of another text as often as documented, in 2,000 comparisons: %s',
  (gate) => {
    const { accepted } = played.find((row) => row.gate === gate && row.difference === 0) ?? { accepted: NaN };
    const expected = documented(gate, 0).accepted;
    expect(Math.abs(accepted - expected)).toBeLessThan(tolerance(expected));
  },
);

it('accepts better and worse skills as often as documented, and takes as many tasks', () => {
  expect(played).toHaveLength(measuredGates.length * differences.length);
  for (const { gate, difference, accepted, tasks } of played) {
    const expected = documented(gate, difference);
    expect(Math.abs(accepted - expected.accepted)).toBeLessThan(tolerance(expected.accepted));
    expect(Math.abs(tasks - expected.tasks)).toBeLessThan(1.2);
  }
});

it('refuses a number of comparisons that is none', () => {
  const { status, stderr } = command('--comparisons', 'many');
  expect(status).toBe(1);
  expect(stderr).toMatch(/--comparisons: expected a whole number from 1, got "many"/);
});
