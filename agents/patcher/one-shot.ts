import { stringify } from 'yaml';
import { z } from 'zod';
import type { FileEntry } from '../../records/artifact';
import { setDescription } from '../../skill/description';
import { findingText } from '../../skill/finding';
import { overruns } from '../../skill/layer-budgets';
import { inspectSkill } from '../../skill/parse';
import { section } from '../sections';
import { defineTool, parseArguments, ToolError } from '../tool';
import type { LoopEnd, ToolLoop } from '../tool-loop';
import { runToolLoop } from '../tool-loop';

/** What the model submits; code makes the SKILL.md of it. */
const SkillProposal = z.object({ description: z.string().min(1).max(1024), body: z.string().min(1).max(20_000) });

/** The package of a proposal. Throws ToolError where it breaks the specification or a layer's budget. */
async function packageOf(name: string, { description, body }: z.infer<typeof SkillProposal>): Promise<FileEntry[]> {
  const head = stringify({ name, description: 'unknown' }, { lineWidth: 0 });
  const described = setDescription(`---\n${head}---\n\n${body.trim()}\n`, description);
  if ('refused' in described) throw new ToolError(described.refused);
  const files = [{ path: 'SKILL.md', mode: 0o644, bytes: new TextEncoder().encode(described.text) }];
  // The name is the seed's, which may have been loaded leniently; the model answers for the rest alone.
  const { findings } = inspectSkill(files, name);
  const breaches = findings.filter(({ severity, field }) => severity !== 'warning' && field !== 'name');
  if (breaches.length > 0) throw new ToolError(breaches.map(findingText).join('; '));
  const [over] = await overruns(body, files);
  if (over !== undefined) throw new ToolError(`${over.problem}; ${over.fix}`);
  return files;
}

/**
 * Writes a whole skill from task prompts alone: the baseline that a method which learns from rollouts is measured
 * against. `files` is null when the model could not be brought to a valid skill, and `reason` says why.
 *
 * @param tasks prompts of training tasks, in seeded order.
 */
export async function writeSkill(
  { name, tasks }: { name: string; tasks: readonly string[] },
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>,
): Promise<{ kind: 'skill'; files: FileEntry[] | null; reason: string } | (LoopEnd & { kind: 'allowance' })> {
  const submit = defineTool({
    name: 'submit_skill',
    description: 'Submit the skill. This ends your work.',
    schema: SkillProposal,
    final: true,
    run: async (proposal) => {
      await packageOf(name, proposal);
      return 'Accepted.';
    },
  });
  const end = await runToolLoop({
    ...loop,
    user: (overflows) =>
      [section('Skill name', name), section('Tasks', tasks.slice(0, Math.ceil(tasks.length / 2 ** overflows)))].join(
        '\n',
      ),
    maxOverflows: 2,
    tools: [submit],
    snapshot: null,
  });
  if (end.kind === 'allowance') return end;
  if (end.submission === null) return { kind: 'skill', files: null, reason: `no valid skill: ${end.outcome}` };
  return { kind: 'skill', files: await packageOf(name, parseArguments(SkillProposal, end.submission)), reason: '' };
}
