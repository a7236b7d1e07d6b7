import { checkPackage } from '../../skill/check';
import { parseSkill } from '../../skill/parse';
import { head, skillFiles } from './skill-files';

const withFields = (fields: string): string => `---\n${fields}\n---\n\nBody.\n`;
const good = 'name: sheets\ndescription: Edits workbooks.';

function findings(fields: string): string[] {
  try {
    return parseSkill(skillFiles({ 'SKILL.md': withFields(fields) }), 'sheets', 'strict').warnings;
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

describe('strictly, the specification', () => {
  it.each([
    ['a description of 1,024 characters', `name: sheets\ndescription: ${'ü'.repeat(1024)}`],
    ['compatibility of 500 characters', `${good}\ncompatibility: ${'x'.repeat(500)}`],
    ['metadata of strings', `${good}\nmetadata:\n  version: "1.0"\n  "a b": c`],
    ['tools on one line', `${good}\nallowed-tools: Bash(git:*) Read`],
    ['a licence', `${good}\nlicense: Apache-2.0`],
  ])('allows %s', (_what, fields) => {
    expect(findings(fields)).toEqual([]);
  });

  it.each([
    ['a name of capitals', 'name: Sheets\ndescription: X.', /name: expected lower-case[^]*write it like sheets/],
    ['two hyphens in a row', 'name: a--b\ndescription: X.', /single hyphens/],
    ['a hyphen at the end', 'name: a-\ndescription: X.', /single hyphens/],
    ['a name of 65 characters', `name: ${'a'.repeat(65)}\ndescription: X.`, /at most 64 characters, got 65/],
    ["another name than the folder's", 'name: other\ndescription: X.', /expected the folder's name "sheets"/],
    ['no name', 'description: X.', /name: missing; add name: sheets/],
    ['no description', 'name: sheets', /description: missing/],
    ['a blank description', 'name: sheets\ndescription: "  "', /description: blank/],
    ['a description of 1,025 characters', `name: sheets\ndescription: ${'x'.repeat(1025)}`, /at most 1024/],
    [
      'compatibility of 501 characters',
      `${good}\ncompatibility: ${'x'.repeat(501)}`,
      /at most 500 characters, got 501/,
    ],
    ['metadata of numbers', `${good}\nmetadata:\n  version: 1.0`, /metadata\.version: expected text, got the number 1/],
    ['metadata as a list', `${good}\nmetadata: [a]`, /metadata: expected a map of text, got a list/],
    ['a list of tools', `${good}\nallowed-tools:\n  - Read`, /allowed-tools: expected text, got a list[^]*on one line/],
    ['a key twice', `${good}\nname: b`, /not valid YAML on line 4/],
    ['broken YAML', 'name: sheets\ndescription: a: b', /not valid YAML on line 3[^]*needs quotes/],
  ])('refuses %s', (_what, fields, message) => {
    expect(findings(fields).join()).toMatch(message);
  });

  it('takes an empty body and a byte-order mark', () => {
    for (const text of [head, `\uFEFF${head}`, head.trimEnd()]) {
      expect(parseSkill(skillFiles({ 'SKILL.md': text }), 'sheets', 'strict').warnings).toEqual([]);
    }
  });
});

it('leniently, breaches are warnings', () => {
  const text = withFields('name: sheets\ndescription: ""\nallowed-tools: [Read]\nown: 1');
  const { warnings, description } = parseSkill(skillFiles({ 'SKILL.md': text }), 'other', 'lenient');
  expect(description).toBe('');
  expect(warnings.join('\n')).toMatch(/folder's name[^]*blank[^]*allowed-tools[^]*own: not a field/);
});

describe('a check of a package', () => {
  const check = async (texts: Record<string, string>) =>
    (await checkPackage(skillFiles(texts), 'sheets')).map(
      ({ severity, file, field, problem }) => `${severity} ${file} ${field}: ${problem}`,
    );

  it('finds nothing in one that is in order', async () => {
    const body = 'Read references/a.md when lost. Skip when not.\n\nRun scripts/x.mjs from references/.\n';
    expect(await check({ 'SKILL.md': head + body, 'references/a.md': 'A.\n', 'scripts/x.mjs': '' })).toEqual([]);
  });

  it('tells broken pointers, orphans, chains, shapes and depth apart', async () => {
    const found = await check({
      'SKILL.md': `${head}See references/vague.md and references/none.md and references/deep/er.md.\n`,
      'references/vague.md': 'On to references/far.md.\n',
      'references/far.md': 'x\n',
      'references/lost.md': 'And assets/gone.png.\n',
      'references/deep/er.md': 'x\n',
      'scripts/lost.py': '',
    });
    expect(found.sort()).toEqual([
      'error SKILL.md pointer: points to references/none.md, which the package does not hold',
      'error references/lost.md pointer: points to assets/gone.png, which the package does not hold',
      'warning references/deep/er.md path: more than one level below references/',
      'warning references/deep/er.md pointer: the pointer to it does not say when to read it and when not',
      'warning references/far.md depth: only references/vague.md points to it; references are one level deep',
      'warning references/lost.md orphan: nothing points to it',
      'warning references/vague.md pointer: the pointer to it does not say when to read it and when not',
      'warning scripts/lost.py orphan: nothing names it',
    ]);
  });

  it('advises on size', async () => {
    const words = `name: sheets\ndescription: ${'word '.repeat(51).trim()}`;
    const body = 'many different words on a line\n'.repeat(1200);
    const found = await check({ 'SKILL.md': `---\n${words}\n---\n${body}` });
    expect(found.join('\n')).toMatch(/51 words, at most 50[^]*1204 lines, fewer than 500[^]*tokens, at most 5000/);
  });
});
