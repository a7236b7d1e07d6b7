import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedTask, ScorerPool } from '../../benchmarks/benchmark';
import { openBenchmark } from '../../benchmarks/open-benchmark';
import type { Score } from '../../records/score';
import { classifyMismatches } from '../../simulator/classify-mismatches';
import { harmfulAdvice } from '../../simulator/harmful-advice';
import { PitfallId } from '../../simulator/pitfalls';
import { solutionCode, type Mistakes } from '../../simulator/solution-code';
import { openTaskBook, type TaskPlan } from '../../simulator/task-book';
import { runSolutions } from './run-solutions';

const dataDir = join(__dirname, '../../examples/spreadsheetbench');
const benchmark = openBenchmark('spreadsheetbench');

interface Attempt {
  task: LoadedTask;
  plan: TaskPlan;
  /** The one mistake of the code: a pitfall, harmful advice, or none. */
  mistake: string;
  code: string;
  right: string;
  score: Score;
}

let pool: ScorerPool;
let root: string;
let attempts: Attempt[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'skillgrad-demo-'));
  pool = benchmark.createScorerPool({ threads: 2 });
  const book = await openTaskBook(dataDir);
  const written: Omit<Attempt, 'score'>[] = [];
  for (const task of await benchmark.load(dataDir)) {
    const plan = await book.planFor(task.prompt);
    if (plan === null) throw new Error(`the simulated model has no plan for task ${task.id}`);
    const codeWith = (mistakes: Partial<Mistakes>): string =>
      solutionCode(plan.assignment, { pitfalls: new Set(), harm: new Set(), ...mistakes });
    const right = codeWith({});
    const add = (mistake: string, code: string) => written.push({ task, plan, mistake, code, right });
    add('none', right);
    for (const pitfall of plan.assignment.pitfalls) add(pitfall, codeWith({ pitfalls: new Set([pitfall]) }));
    for (const { id } of harmfulAdvice) add(id, codeWith({ harm: new Set([id]) }));
  }
  const solutions = written.map(({ task, code }, at) => {
    return { name: String(at), code, inputPath: task.inputs[0]?.sourcePath ?? '' };
  });
  const outputs = await runSolutions(root, solutions);
  attempts = await Promise.all(
    written.map(async (attempt, at) => {
      const { golden } = attempt.task;
      const score = await pool.score({
        goldenPath: golden.files[0]?.sourcePath ?? '',
        outputPath: outputs.get(String(at)) ?? null,
        answer: golden.answer,
        protocol: 'official',
      });
      return { ...attempt, score };
    }),
  );
}, 120_000);
afterAll(async () => {
  await pool.close();
  rmSync(root, { recursive: true });
});

const named = ({ task, mistake }: Attempt): string => `${task.id} ${mistake}`;
const withPitfall = (): Attempt[] => attempts.filter(({ mistake }) => PitfallId.safeParse(mistake).success);
const linesOf = (code: string): string[] => code.split('\n');

describe('the 48 tasks of the demo', () => {
  it('each hide one or more pitfalls, and every pitfall is hidden somewhere', () => {
    const plans = attempts.filter(({ mistake }) => mistake === 'none').map(({ plan }) => plan.assignment.pitfalls);
    expect(plans).toHaveLength(48);
    expect(plans.filter((pitfalls) => pitfalls.length === 0)).toEqual([]);
    expect(new Set(plans.flat())).toEqual(new Set(PitfallId.options));
  });

  it('are each solved by the right code', () => {
    const right = attempts.filter(({ mistake }) => mistake === 'none');
    expect(right.filter(({ score }) => !score.solved).map(named)).toEqual([]);
  });

  it('are not solved by code that falls into one of their pitfalls', () => {
    expect(
      withPitfall()
        .filter(({ score }) => score.solved)
        .map(named),
    ).toEqual([]);
    expect(
      withPitfall()
        .filter(({ score }) => score.status === 'missing')
        .map(named),
    ).toEqual([]);
  });

  it('tell the pitfall by their mismatches alone', () => {
    const mistaken = withPitfall().filter(({ mistake, score }) => {
      return classifyMismatches(score.mismatches)?.pitfall !== mistake;
    });
    expect(mistaken.map(named)).toEqual([]);
  });

  it('have wrong code that differs from the right code in one line', () => {
    const differing = withPitfall().filter(({ code, right }) => {
      const added = linesOf(code).filter((line) => !linesOf(right).includes(line));
      const gone = linesOf(right).filter((line) => !linesOf(code).includes(line));
      return added.length !== 1 || gone.length > 1;
    });
    expect(differing.map(named)).toEqual([]);
  });

  it('have code that names no task', () => {
    expect(attempts.filter(({ task, code }) => code.includes(`"${task.id}"`) || code.includes(`_${task.id}`))).toEqual(
      [],
    );
  });

  it('are spoiled by harmful advice wherever it can do harm', () => {
    const harmed = (id: string) => attempts.filter(({ mistake, score }) => mistake === id && !score.solved).length;
    expect(harmed('new-sheet')).toBe(48);
    expect(harmed('row-lower')).toBe(48);
    // Only answers with numbers can be spoiled by text.
    expect(harmed('text-results')).toBeGreaterThan(20);
  });
});
