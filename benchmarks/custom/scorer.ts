import { readFile, stat } from 'node:fs/promises';
import type { Score } from '../../records/score';
import { ScorerError } from '../benchmark';
import type { ScoreRequest, ScorerPool } from '../benchmark';
import { compareText, scoreWithoutAnswer } from './compare-text';

/** Far above any answer that people would write down; it bounds the work of one comparison. */
const maxAnswerBytes = 1024 * 1024;

async function outputBytes(request: ScoreRequest): Promise<Uint8Array | 'missing' | 'too-large'> {
  if ('outputBytes' in request) return request.outputBytes ?? 'missing';
  const { outputPath } = request;
  if (outputPath === null) return 'missing';
  try {
    return (await stat(outputPath)).size > maxAnswerBytes ? 'too-large' : await readFile(outputPath);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ScorerError('file', `the answer can't be read: ${why}`, error);
  }
}

async function score(request: ScoreRequest): Promise<Score> {
  const { answer, protocol } = request;
  const expected = answer.text;
  if (expected === undefined) throw new ScorerError('position', "the golden's answer has no text");
  const bytes = await outputBytes(request);
  if (bytes === 'missing') return scoreWithoutAnswer(protocol, expected, 'missing', 'the file was not written');
  if (bytes === 'too-large' || bytes.length > maxAnswerBytes) {
    return scoreWithoutAnswer(protocol, expected, 'unreadable', `it has more than ${maxAnswerBytes} bytes`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return scoreWithoutAnswer(protocol, expected, 'unreadable', 'it is no UTF-8 text');
  }
  return compareText(protocol, expected, text);
}

/** Scores where it is called: comparing two short texts needs no thread of its own. */
export function createTextScorer(): ScorerPool {
  return { score, close: async () => undefined };
}
