import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openBenchmark } from '../../../benchmarks/open-benchmark';
import type { Score } from '../../../records/score';

const scorer = openBenchmark('custom').createScorerPool({ threads: 1 });

function score(text: string, output: string | Uint8Array | null): Promise<Score> {
  const outputBytes = typeof output === 'string' ? Buffer.from(output) : output;
  return scorer.score({ goldenPath: null, outputBytes, answer: { text }, protocol: 'official' });
}

describe('scoring an exact text', () => {
  it('passes over white space at the end and nothing else', async () => {
    expect(await score('42\n', '42')).toMatchObject({ solved: true, status: 'scored', partial: 1, mismatches: [] });
    expect(await score('42', '42 \r\n\n')).toMatchObject({ solved: true });
    for (const wrong of [' 42', '42.', 'Forty-two', '4 2', '']) {
      expect(await score('42', wrong)).toMatchObject({ solved: false, matched: 0 });
    }
    expect(await score('Yes', 'yes')).toMatchObject({ solved: false });
    expect(await score('a\nb', 'a\r\nb')).toMatchObject({ solved: false, matched: 1 });
  });

  it('solves a text exactly when it equals the answer up to white space at the end', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n'), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(text, text, async (answer, got) => {
        const { solved, matched, total, mismatches } = await score(answer, got);
        expect(solved).toBe(answer.trimEnd() === got.trimEnd());
        expect(matched + mismatches.length).toBe(total);
      }),
    );
  });

  it('shows the lines that differ, a missing and a surplus one too', async () => {
    expect(await score('a\nb\nc', 'a\nx\nc\nd')).toMatchObject({
      ...{ solved: false, matched: 2, total: 4, partial: 0.5 },
      mismatches: [
        { cell: 'answer.txt:2', expected: '"b"', got: '"x"' },
        { cell: 'answer.txt:4', expected: 'no such line', got: '"d"' },
      ],
    });
    const { mismatches } = await score('x'.repeat(5000), 'y\n'.repeat(100));
    expect(mismatches).toHaveLength(20);
    expect(mismatches[0]?.expected.length).toBeLessThan(250);
  });

  it('says what became of an answer that can not be compared', async () => {
    expect(await score('42', null)).toMatchObject({ solved: false, status: 'missing', partial: 0 });
    expect(await score('42', new Uint8Array([0xff, 0xfe]))).toMatchObject({ solved: false, status: 'unreadable' });
    expect(await score('42', '4'.repeat(1024 * 1024 + 1))).toMatchObject({ solved: false, status: 'unreadable' });
  });

  it('reads an answer from its file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skillgrad-answer-'));
    const outputPath = join(folder, 'answer.txt');
    writeFileSync(outputPath, '42\n');
    const request = { goldenPath: null, answer: { text: '42' }, protocol: 'official' as const };
    expect(await scorer.score({ ...request, outputPath })).toMatchObject({ solved: true });
    rmSync(folder, { recursive: true });
    await expect(scorer.score({ ...request, outputPath })).rejects.toMatchObject({ type: 'scorer.file' });
  });
});
