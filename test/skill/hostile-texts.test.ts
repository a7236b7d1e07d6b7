import { applyEdits } from '../../skill/edits';
import { checkInvariants } from '../../skill/invariants';
import { edit, sample, skillFiles } from './skill-files';

const size = 19_000;
const filled = (part: string): string => part.repeat(Math.floor(size / part.length));

/** Texts that parsers are slow over, or end their stack on. */
const hostile: Record<string, string> = {
  brackets: filled('['),
  links: filled('[a]('),
  underscores: filled('_'),
  quotes: `${filled('> ')}x`,
  lists: `${filled('- ')}x`,
  numbers: `${filled('1. ')}x`,
  'deep JavaScript': `\`\`\`js\n${'('.repeat(size / 2)}${')'.repeat(size / 2)}\n\`\`\``,
  'deep Python': `\`\`\`py\n${'('.repeat(size / 2)}1${')'.repeat(size / 2)}\n\`\`\``,
  'control characters': filled('\u0000\u001B[2J\u202E\uFFFF'),
};

it.each(Object.keys(hostile))(
  'judges an edit that brings %s, and leaves the package alone or whole',
  async (name) => {
    const text = hostile[name] ?? '';
    const files = skillFiles({ 'SKILL.md': sample, 'references/a.md': 'One.\n' });
    for (const one of [
      edit({ op: 'insert-section', after: null, text: `## New\n\n${text}` }),
      edit({ op: 'replace-item', anchor: 'planning/1', text: text.slice(0, 2000) }),
      edit({ op: 'insert-block', where: 'end', to: 'planning', text }),
      edit({ op: 'write-reference', path: 'references/x.md', text }),
      edit({ op: 'edit-reference', path: 'references/a.md', old: 'One', text }),
    ]) {
      const result = await applyEdits(files, [one]);
      expect(result.applied.length + result.refused.length).toBe(1);
      const settings = { edits: result.applied, taskValues: ['A1'], guarded: 'flag' as const };
      const { violations } = await checkInvariants(files, result.files, settings);
      for (const { message } of violations) expect(message).toMatch(/\w+ \w+/);
    }
  },
  30_000,
);
