import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCode } from '../../skill/parse-code';

const path = process.env['PATH'];
const folder = mkdtempSync(join(tmpdir(), 'skillgrad-python-'));
beforeAll(() => (process.env['PATH'] = folder));
afterAll(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

function python3(script: string): void {
  writeFileSync(join(folder, 'python3'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'python3'), 0o755);
}

it('says nothing of code where there is no Python', async () => {
  expect(await parseCode('python', 'x = 1')).toBe('unchecked');
});

it('tells the line of what does not parse', async () => {
  python3('echo "2 invalid syntax"; exit 3');
  expect(await parseCode('python', 'x = 1\nx =')).toEqual({ line: 2, message: 'invalid syntax' });
});

it('refuses code that the parser breaks on', async () => {
  python3('kill -SEGV $$');
  expect(await parseCode('python', 'x')).toEqual({ line: 1, message: expect.stringContaining('too deeply nested') });
});

it('takes a parser that gets no time for a fault, never for a verdict on the code', async () => {
  python3('while :; do :; done');
  await expect(parseCode('python', 'x = 1', 200)).rejects.toMatchObject({ type: 'parser.stuck', retryable: true });
});
