import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RunResult } from '../../records/progress';
import { commandLine, untilPrinted, weakSkill, type Ended } from './command-line';

const cli = commandLine();
const run = 'try';
const minutes = 60_000;

const Resumed = z.object({
  run: z.string(),
  written: z.object({ skill: z.string(), report: z.string(), histories: z.string() }),
  result: RunResult,
});

let interrupted: Ended;
let interruptedAfter = '';
let paused: { status: Ended; best: unknown; momentum: Ended; blame: Ended };
let resumed: z.infer<typeof Resumed>;

/** One demo, interrupted in its first step as by Ctrl-C, looked at, and gone on with to its end. */
beforeAll(async () => {
  const demo = cli.start(['demo', '--run', run, '--latency-ms', '40']);
  await untilPrinted(demo, /step 1\/\d · gate/);
  interruptedAfter = demo.output();
  demo.child.kill('SIGINT');
  interrupted = await demo.ended;
  paused = {
    status: await cli.run(['status', run]),
    best: await cli.json(['result', run, '--out', join(cli.home.root, 'best')]),
    momentum: await cli.run(['momentum', run]),
    blame: await cli.run(['blame', run, 'SKILL.md:1']),
  };
  resumed = Resumed.parse(await cli.json(['resume', run, '--watch']));
}, 9 * minutes);
afterAll(cli.close, minutes);

it('says at the start that the model is simulated, which server it uses and where its UI is', () => {
  expect(interruptedAfter).toMatch(/The model is simulated: a program plays it\. Its scores mean nothing/);
  expect(interruptedAfter).toMatch(/Temporal server: starting .+ \(from .+, server 1\.\d+\.\d+\)/);
  expect(interruptedAfter).toMatch(/Temporal UI +http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/try/);
});

it('shows progress as lines when it is not on a terminal', () => {
  expect(interruptedAfter).toMatch(
    /^\d+:\d\d · epoch 1\/1 · base \d+\/28, \d+ solved · \d+ calls · \d+k? tokens · \$/m,
  );
  expect(interruptedAfter).toMatch(/^\d+:\d\d · epoch 1\/1 · step 1\/3 · gate \d+\/8, \d+ solved/m);
  expect(interruptedAfter).not.toContain('\x1b[');
});

it('pauses on Ctrl-C and says how to go on', () => {
  expect(interrupted.code).toBe(130);
  expect(interrupted.stdout).toContain('Run try is paused; nothing of it is lost');
  expect(interrupted.stdout).toContain('skillgrad resume try --watch');
});

it('has the status of a paused run, although no worker is left', () => {
  expect(paused.status.code).toBe(4);
  expect(paused.status.stdout).toMatch(/^Run try: paused/);
});

it('hands out the best version so far of the interrupted run', () => {
  expect(paused.best).toMatchObject({ run, finished: false, changed: false });
  const skill = join(cli.home.root, 'best', 'weak-spreadsheet-skill', 'SKILL.md');
  expect(readFileSync(skill, 'utf8')).toBe(readFileSync(join(weakSkill, 'SKILL.md'), 'utf8'));
});

it('shows what the interrupted run has learnt so far, and that its skill is still the seed', () => {
  expect(paused.momentum.stdout).toMatch(/^# Momentum after step 1\n\n\| Pattern \| Seen \|/);
  expect(paused.blame.stdout).toBe('SKILL.md\n1 seed ---\n');
  expect(paused.blame.stderr).toContain('this is its best version so far');
});

it('goes on to its end, with a better skill and decisions of both kinds', () => {
  const { heldOut, validation, steps, spending } = resumed.result;
  expect(heldOut.after.solved).toBeGreaterThan(heldOut.before.solved);
  expect(validation?.after.solved).toBeGreaterThan(validation?.before.solved ?? Infinity);
  expect(steps.some(({ accepted }) => accepted)).toBe(true);
  expect(steps.some(({ accepted, verdict }) => !accepted && verdict !== null)).toBe(true);
  expect(spending.costUsd).toBeGreaterThan(0);
});

it('leaves skill, report data and histories where it says', () => {
  const { skill, report, histories } = resumed.written;
  expect(readFileSync(join(skill, 'SKILL.md'), 'utf8')).not.toBe(readFileSync(join(weakSkill, 'SKILL.md'), 'utf8'));
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ run, finished: true });
  const names = readdirSync(histories);
  expect(names.some((name) => name.startsWith('try.epoch-1.'))).toBe(true);
});

it('shows the result again, with the diff and the simulated price, to whoever asks', async () => {
  const out = join(cli.home.root, 'again');
  const { code, stdout } = await cli.run(['result', run, '--out', out]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Held out +\d+\/12 → \d+\/12 solved/);
  expect(stdout).toMatch(/Validation +\d+\/8 → \d+\/8 solved/);
  expect(stdout).toMatch(/edits? accepted: \d+ against \d+ of \d+ at the gate/);
  expect(stdout).toMatch(/edits? refused: \d+ against \d+ of \d+ at the gate/);
  expect(stdout).toMatch(/a simulated price, nobody is paid/);
  expect(stdout).toMatch(/^\+- /m);
  expect(existsSync(join(out, 'skill.diff'))).toBe(true);
});

it('leads each line that it learnt to its edit, pattern, diagnoses and tasks, and to what the gate measured', async () => {
  const Blamed = z.object({
    files: z.array(z.object({ lines: z.array(z.object({ text: z.string(), origin: z.unknown() })) })),
    edits: z.array(
      z.object({
        pattern: z.object({ id: z.string(), summary: z.string() }),
        diagnoses: z.array(
          z.object({ label: z.string(), kind: z.string(), taskId: z.string(), turns: z.array(z.number()) }),
        ),
        gate: z.object({ candidateSolved: z.number(), currentSolved: z.number(), tasks: z.number() }),
      }),
    ),
  });
  const { files, edits } = Blamed.parse(await cli.json(['blame', run]));
  const learnt = files.flatMap(({ lines }) => lines).filter(({ origin }) => origin !== null);
  const text = readFileSync(join(resumed.written.skill, 'SKILL.md'), 'utf8');
  const seed = readFileSync(join(weakSkill, 'SKILL.md'), 'utf8');
  expect(learnt.length).toBeGreaterThan(0);
  for (const line of learnt) {
    expect(text).toContain(line.text);
    expect(seed).not.toContain(line.text);
  }
  expect(edits.every(({ gate }) => gate.candidateSolved > gate.currentSolved)).toBe(true);
  expect(edits.filter(({ diagnoses }) => diagnoses.length === 0)).toEqual([]);
});

it('shows the record that a step left, and says what can not be shown', async () => {
  expect((await cli.run(['momentum', run, '--step', '1'])).stdout).toBe(paused.momentum.stdout);
  expect((await cli.run(['momentum', run])).stdout).toMatch(/- Step \d.*, accepted \(\d → \d of \d solved\): /);
  const none = await cli.run(['momentum', run, '--step', '99']);
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/--step 99: run try has no record of that step/)]);
  const nowhere = await cli.run(['blame', run, 'SKILL.md:999']);
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/SKILL\.md has the lines 1 to \d+/)]);
  expect((await cli.run(['blame', run, 'none.md'])).stderr).toMatch(/none\.md: the skill has no such file. It has: /);
});

it('has ended for status, list and watch', async () => {
  const status = await cli.run(['status', run, '--json']);
  expect(status.code).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({ run, phase: 'ended', result: { run } });
  expect(await cli.json(['list'])).toMatchObject([{ run, phase: 'ended', skill: 'weak-spreadsheet-skill' }]);
  expect(await cli.json(['watch', run])).toMatchObject({ run, phase: 'ended' });
});

it(
  'can be neither steered nor resumed after its end, and no other run takes its name',
  async () => {
    for (const command of ['pause', 'stop', 'resume']) {
      const { code, stderr } = await cli.run([command, run]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/Run try (can't be \w+: it )?has ended/);
    }
    const again = await cli.run(['demo', '--run', run]);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/A run named try exists already.*--run/);
  },
  minutes,
);

it('leaves the server up, and nothing else', async () => {
  expect(await cli.json(['server'])).toMatchObject({ running: true });
  const names = readdirSync(cli.home.processes).filter((name) => /^(worker|simulator)-\w+\.json$/.test(name));
  for (const name of names) {
    const { pid } = z
      .object({ pid: z.number() })
      .parse(JSON.parse(readFileSync(join(cli.home.processes, name), 'utf8')));
    expect(() => process.kill(pid, 0)).toThrow();
  }
});
