import { ScorerError, type ScoreRequest, type ScorerPool } from '../../../benchmarks/benchmark';
import { openBenchmark } from '../../../benchmarks/open-benchmark';
import { oneSheet } from './build-package';
import { packed } from './raw-zip';

const { createScorerPool } = openBenchmark('spreadsheetbench');
const small = packed(oneSheet('<row><c><v>1</v></c></row>'));
/** Takes seconds to read, and more memory than 40 MB. */
const slow = (): Uint8Array => {
  const row = (at: number) => Array.from({ length: 1000 }, (_, column) => `<c><v>${at * column}</v></c>`).join('');
  return packed(oneSheet(Array.from({ length: 900 }, (_, at) => `<row>${row(at)}</row>`).join('')));
};
const pair = (more: Partial<ScoreRequest>): ScoreRequest =>
  ({
    goldenBytes: small,
    outputBytes: small,
    answer: { answer_position: 'A1' },
    protocol: 'official',
    ...more,
  }) as ScoreRequest;

async function withPool(options: Parameters<typeof createScorerPool>[0], use: (pool: ScorerPool) => Promise<void>) {
  const pool = createScorerPool(options);
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

async function faultOf(promise: Promise<unknown>): Promise<ScorerError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScorerError)) throw new Error(`expected a ScorerError, got ${String(error)}`);
  return error;
}

describe('the scorer pool', () => {
  it('scores an output that takes longer than the limit as unreadable, and lives on', () =>
    withPool({ threads: 1, timeLimitMs: 300 }, async (pool) => {
      const score = await pool.score(pair({ outputBytes: slow() }));
      expect(score).toMatchObject({ status: 'unreadable', solved: false, total: 1 });
      expect(score.detail).toMatch(/takes longer than 600 ms to read/);
      expect((await pool.score(pair({}))).solved).toBe(true);
    }));

  it('scores an output that takes more memory than the limit as unreadable, and lives on', () =>
    withPool({ threads: 1, memoryMb: 40 }, async (pool) => {
      const score = await pool.score(pair({ outputBytes: slow() }));
      expect(score).toMatchObject({ status: 'unreadable', solved: false, total: 1 });
      expect(score.detail).toMatch(/takes more than 40 MB to read/);
      expect((await pool.score(pair({}))).solved).toBe(true);
    }));

  it('scores an output that is not there as missing', () =>
    withPool({ threads: 1 }, async (pool) => {
      const score = await pool.score(pair({ outputBytes: null }));
      expect(score).toMatchObject({ status: 'missing', solved: false, matched: 0, total: 1 });
    }));

  it('tells an uncalculated formula from a scored one, and keeps the verdict of the protocol', () =>
    withPool({ threads: 1 }, async (pool) => {
      const formula = packed(oneSheet('<row><c><f>1+0</f></c></row>'));
      const wrong = await pool.score(pair({ outputBytes: formula }));
      expect(wrong).toMatchObject({ status: 'uncalculated', solved: false });
      expect(wrong.mismatches[0]?.got).toBe('formula without a calculated value (=1+0)');
      // An empty golden cell equals a formula that nobody has calculated: the official evaluator says so.
      const right = await pool.score(pair({ goldenBytes: formula, outputBytes: formula }));
      expect(right).toMatchObject({ status: 'uncalculated', solved: true });
    }));

  it('throws for what is not the doing of the output, with the kind of fault', () =>
    withPool({ threads: 2 }, async (pool) => {
      const noWorkbook = await faultOf(pool.score(pair({ goldenBytes: Buffer.from('no workbook') })));
      expect(noWorkbook).toMatchObject({ kind: 'golden', type: 'scorer.golden', retryable: false });
      expect(noWorkbook.message).toMatch(/the golden workbook can't be read: not a readable zip archive/);
      const absent = { outputPath: '/nowhere/output.xlsx', goldenBytes: small };
      const noFile = await faultOf(pool.score({ ...absent, answer: { answer_position: 'A1' }, protocol: 'official' }));
      expect(noFile).toMatchObject({ kind: 'file', retryable: true });
      expect(await faultOf(pool.score(pair({ answer: {} })))).toMatchObject({ kind: 'position' });
    }));

  it('rejects what is still awaited when it is closed', async () => {
    const pool = createScorerPool({ threads: 1 });
    const awaited = [pool.score(pair({ outputBytes: slow() })), pool.score(pair({}))].map(faultOf);
    await pool.close();
    expect((await Promise.all(awaited)).map(({ kind }) => kind)).toEqual(['closed', 'closed']);
    expect(await faultOf(pool.score(pair({})))).toMatchObject({ kind: 'closed' });
  });
});
