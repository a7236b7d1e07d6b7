import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyEdits } from '../../skill/edits';
import { loadSkill, readPackage, writePackage } from '../../skill/package';
import { edit, head, skillFiles } from './skill-files';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillgrad-package-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Odd packages: each file's text or bytes by path. */
const odd: Record<string, Record<string, string | Uint8Array>> = {
  'CRLF, a byte-order mark and no final newline': {
    'SKILL.md': '\uFEFF---\r\nname: sheets\r\ndescription: Edits workbooks.\r\n---\r\n\r\n# A\r\n\r\n- x\r\n- y',
    'references/a.md': '\uFEFF# A\r\nno end',
  },
  'mixed line ends and blanks at ends of lines': { 'SKILL.md': `${head}\r\n# A  \n\n\n\tx \r\n\n\n` },
  'an empty body and no newline after the frontmatter': { 'SKILL.md': head.trimEnd() },
  'unusual frontmatter': {
    'SKILL.md':
      '--- \n# a comment\n\'name\': "sheets"\ndescription: >-\n  Edits\n  workbooks.\n\nmetadata: {b: \'2\', a: "1"}\nx-own: [1, {y: ~}]\nanchors: &a k\nalias: *a\n---\t\n\n---\n\nname: not this\n---\n',
  },
  'code fences that hold --- and #': {
    'SKILL.md': `${head}\n\`\`\`\`yaml\n---\n# no heading\n\`\`\`\n---\n\`\`\`\`\n\n~~~\n## none\n~~~\n\n# Real\n`,
  },
  'nested folders, binaries and odd names': {
    'SKILL.md': `${head}\n# A\n`,
    'assets/deep/er/logo.png': Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 255]),
    'references/über größe.md': 'ü\u0000\uFFFF',
    'scripts/.hidden': '',
    LICENSE: 'text',
  },
};

async function put(name: string, files: Record<string, string | Uint8Array>): Promise<string> {
  const dir = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  return dir;
}

it.each(Object.entries(odd))('reads and writes without loss: %s', async (_what, files) => {
  const dir = await put('sheets', files);
  await chmod(join(dir, 'SKILL.md'), 0o600);
  const read = await loadSkill(dir);
  const copy = join(folder, 'copy', 'sheets');
  await mkdir(dirname(copy));
  await writePackage(copy, read, 'strict');
  for (const [path, content] of Object.entries(files)) {
    expect(await readFile(join(copy, path))).toEqual(Buffer.from(content));
  }
  expect((await stat(join(copy, 'SKILL.md'))).mode & 0o777).toBe(0o600);
  expect((await readPackage(copy)).files).toEqual(read.files);
});

it.each(Object.entries(odd))('edits nothing but what it names: %s', async (_what, files) => {
  const read = await readPackage(await put('sheets', files));
  const { files: edited, applied } = await applyEdits(read.files, [
    edit({ op: 'insert-section', after: null, text: '## Added\n\nText.' }),
    edit({ op: 'set-description', text: 'Other words.' }),
  ]);
  expect(applied.length).toBe(2);
  const others = (all: typeof edited) => all.filter(({ path }) => path !== 'SKILL.md');
  expect(others(edited)).toEqual(others(read.files));
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    edited.find(({ path }) => path === 'SKILL.md')?.bytes,
  );
  const body = String(files['SKILL.md']).split(/\n---\s*?\n/)[1] ?? '';
  expect(text).toContain(body);
});

describe('writing', () => {
  const blank = skillFiles({ 'SKILL.md': '---\nname: sheets\ndescription: " "\nallowed-tools: [Read]\n---\n' });

  it('strictly refuses what breaks the specification and leaves nothing behind', async () => {
    const writing = writePackage(join(folder, 'sheets'), { files: blank }, 'strict');
    await expect(writing).rejects.toThrow(/description: blank[^]*allowed-tools: expected text, got a list/);
    await expect(stat(join(folder, 'sheets'))).rejects.toThrow(/ENOENT/);
    const misnamed = skillFiles({ 'SKILL.md': head });
    await expect(writePackage(join(folder, 'other'), { files: misnamed }, 'strict')).rejects.toThrow(
      /expected the folder's name "other"/,
    );
  });

  it('leniently hands back what came so', async () => {
    await writePackage(join(folder, 'sheets'), { files: blank }, 'lenient');
    expect((await readPackage(join(folder, 'sheets'))).files).toEqual(blank);
  });
});

it('a name that is no name never becomes a folder elsewhere', async () => {
  const dir = await put('sheets', { 'SKILL.md': '---\nname: ../../elsewhere\ndescription: X.\n---\n' });
  await expect(loadSkill(dir)).rejects.toThrow(/lower-case letters, digits and single hyphens/);
  const { skill } = await loadSkill(dir, 'lenient');
  expect(skill.name).toBe('sheets');
  expect(skill.warnings.join()).toMatch(/elsewhere/);
});

it('a link that leaves the folder is refused', async () => {
  const dir = await put('sheets', { 'SKILL.md': head });
  await symlink('/etc/hostname', join(dir, 'LICENSE'));
  await expect(readPackage(dir)).rejects.toThrow(/LICENSE: file: a symbolic link that leaves the skill folder/);
});
