import { applyEdits } from '../../skill/edits';
import { edit, head, sample, skillFiles, textIn } from './skill-files';

type Change = Parameters<typeof edit>[0];

async function edited(text: string, ...changes: Change[]) {
  const { files, applied, refused } = await applyEdits(skillFiles({ 'SKILL.md': text }), changes.map(edit));
  return {
    text: textIn(files),
    applied: applied.map(({ op }) => op),
    reasons: refused.map(({ reason }) => reason).join('\n'),
  };
}

describe('a refused edit leaves nothing behind:', () => {
  const section: Change = { op: 'insert-section', after: null, text: '## Combined\n\nAll of it.' };

  it('the title of its section is free', async () => {
    const { applied, reasons } = await edited(
      sample,
      { op: 'replace-section', anchor: 'planning', text: 'Think.' },
      { op: 'merge', anchors: ['planning', 'rare-ones'], text: '## Combined\n\nx' },
      { op: 'split', anchor: 'planning', texts: ['## Combined\n\nx', '## Other\n\ny'] },
      section,
    );
    expect(applied).toEqual(['replace-section', 'insert-section']);
    expect(reasons).not.toMatch(/exists/);
  });

  it('the number of its item is free', async () => {
    const { text, applied } = await edited(
      sample,
      { op: 'replace-item', anchor: 'planning/1', text: 'Think.' },
      { op: 'move', anchor: 'planning/1', where: 'end', to: 'rare-ones' },
      { op: 'insert-item', section: 'rare-ones', text: 'locale' },
    );
    expect(applied).toEqual(['replace-item', 'insert-item']);
    expect(text).toContain('2. hidden rows\n3. locale\n');
  });

  it('also where only the text that it makes tells that it disturbs what it does not name', async () => {
    const { text, applied, reasons } = await edited(
      `${head}## A\n\`\`\`\nx\n\`\`\`\nTitle\n=====\n\n1. one\n2. two\n`,
      { op: 'split', anchor: 'a', texts: ['## Late\n\nx', '## Later\n\ny'] },
      { op: 'insert-section', after: 'a', text: '## Late\n\nz' },
    );
    expect(reasons).toMatch(/write the text so that it stands on its own$/);
    expect(applied).toEqual(['insert-section']);
    expect(text).toContain('## Late\n\nz\n');
  });
});

it('numbers items that are moved to the end of a list one after the other', async () => {
  const { text, reasons } = await edited(
    sample,
    { op: 'move', anchor: 'planning/1', where: 'end', to: 'rare-ones' },
    { op: 'move', anchor: 'planning/2', where: 'after', to: 'rare-ones/2' },
    { op: 'insert-item', section: 'rare-ones', text: 'locale' },
  );
  expect(reasons).toBe('');
  expect(text).toContain('2. hidden rows\n3. look at the sheet\n4. state the change\n5. locale\n');
});
