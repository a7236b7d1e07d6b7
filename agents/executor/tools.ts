import { z } from 'zod';
import type { FileEntry } from '../../records/artifact';
import type { SandboxLimits } from '../../records/run-config';
import type { Sandbox } from '../../sandbox/sandbox';
import type { Tool } from '../tool';
import { defineTool, ToolError } from '../tool';
import type { WorkDir } from './work-dir';

const maxReadBytes = 64 * 1024;
const maxHits = 100;
const maxNames = 1000;

/** A skill as the executor meets it, layer by layer: L1 in the system prompt, L2 and L3 through tools. */
export interface DisclosedSkill {
  name: string;
  description: string;
  body: string;
  files: readonly FileEntry[];
}

/** A path as the model may write it, with "./" before it or "/" behind; empty for the whole directory. */
export const plainPath = (path: string) => path.replace(/^(?:\.\/+)+/, '').replace(/^\.$|\/+$/g, '');
const below = (path: string) => (file: string) => path === '' || file === path || file.startsWith(`${path}/`);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

/** A stretch of a text; a note says what is behind it. */
function upTo(content: string, offset: number, limit: number): string {
  const end = Math.min(content.length, offset + limit);
  const rest = end < content.length ? `\n[${content.length - end} more characters from offset ${end}]` : '';
  return content.slice(offset, end) + rest;
}

/** L2 and L3: the body on activation, a reference on demand. */
export function skillTools(skill: DisclosedSkill): Tool[] {
  return [
    defineTool({
      name: 'activate_skill',
      description:
        'Read the instructions of a skill. Do this before you start when one of the listed skills fits the task.',
      schema: z.object({ name: z.string().describe('name of a listed skill') }),
      run: async ({ name }) => {
        if (name !== skill.name)
          throw new ToolError(`there is no skill "${name}"; the skill at hand is "${skill.name}"`);
        return upTo(skill.body, 0, maxReadBytes);
      },
    }),
    defineTool({
      name: 'read_reference',
      description: 'Read a file of the active skill, such as references/topic.md, when its trigger applies.',
      schema: z.object({ path: z.string().describe('path inside the skill, such as references/topic.md') }),
      run: async ({ path }) => {
        const file = skill.files.find((entry) => entry.path === plainPath(path) && entry.path !== 'SKILL.md');
        if (file === undefined) throw new ToolError(`the skill has no file ${path}`);
        if (file.bytes.subarray(0, 4096).includes(0)) throw new ToolError(`${path} is binary`);
        return upTo(text(file.bytes), 0, maxReadBytes);
      },
    }),
  ];
}

/** Tools on the work directory, and the one that runs code there in the sandbox. */
export function workTools(dir: WorkDir, sandbox: Sandbox, limits: SandboxLimits, signal: AbortSignal): Tool[] {
  return [
    defineTool({
      name: 'list_files',
      description: 'List the files of the work directory.',
      schema: z.object({ path: z.string().optional().describe('folder to list; the whole directory without it') }),
      run: async ({ path = '' }) => {
        const files = (await dir.list()).filter(below(plainPath(path)));
        if (files.length === 0) return 'no files';
        const rest = files.length > maxNames ? `\n[${files.length - maxNames} more]` : '';
        return files.slice(0, maxNames).join('\n') + rest;
      },
    }),
    defineTool({
      name: 'read_file',
      description: 'Read a text file of the work directory. Workbooks are binary: read them with code.',
      schema: z.object({
        path: z.string(),
        offset: z.number().int().nonnegative().optional().describe('first character'),
        limit: z.number().int().positive().max(maxReadBytes).optional().describe('characters at most'),
      }),
      run: async ({ path, offset = 0, limit = maxReadBytes }) => {
        const bytes = await dir.read(path);
        if (bytes.subarray(0, 4096).includes(0)) throw new ToolError(`${path} is binary; read it with run_code`);
        return upTo(text(bytes), offset, limit);
      },
    }),
    defineTool({
      name: 'write_file',
      description: 'Write a text file into the work directory, replacing it if it exists.',
      schema: z.object({ path: z.string().min(1), content: z.string().max(1024 * 1024) }),
      run: async ({ path, content }) => {
        if (Buffer.byteLength(content) > limits.fileBytes) throw new ToolError(`${path} is over the limit of a file`);
        await dir.write(path, Buffer.from(content));
        return `wrote ${path}`;
      },
    }),
    defineTool({
      name: 'search_files',
      description: 'Find lines that contain a string in the text files of the work directory.',
      schema: z.object({
        pattern: z.string().min(1).describe('plain text, not a regular expression'),
        path: z.string().optional(),
      }),
      run: async ({ pattern, path = '' }) => {
        const hits: string[] = [];
        for (const file of (await dir.list()).filter(below(plainPath(path)))) {
          const bytes = await dir.read(file);
          if (bytes.subarray(0, 4096).includes(0)) continue;
          text(bytes)
            .split('\n')
            .forEach((line, index) => {
              if (line.includes(pattern)) hits.push(`${file}:${index + 1}: ${line.slice(0, 200)}`);
            });
        }
        if (hits.length === 0) return 'no matches';
        return hits.slice(0, maxHits).join('\n') + (hits.length > maxHits ? `\n[${hits.length - maxHits} more]` : '');
      },
    }),
    defineTool({
      name: 'run_code',
      description: `Run a file of the work directory in the sandbox (${sandbox.languages.join(', ')}), with the work directory as current directory. With \`code\`, the file is written first.`,
      schema: z.object({
        file: z.string().min(1),
        code: z
          .string()
          .max(1024 * 1024)
          .optional(),
      }),
      run: async ({ file, code }) => {
        if (code !== undefined) await dir.write(file, Buffer.from(code));
        if (!sandbox.languages.some((extension) => file.endsWith(extension))) {
          throw new ToolError(`${file} can't be run here; supported: ${sandbox.languages.join(', ')}`);
        }
        await dir.read(file);
        dir.changes();
        const result = await sandbox.run({ workDir: dir.root, file, limits, signal });
        const status =
          result.limit === null
            ? `exit code ${result.exitCode ?? result.signal}`
            : `ended by the limit: ${result.limit}`;
        // The folder's random name must not reach the model: the same rollout reads the same text on any attempt.
        const observation = `${status}\n--- stdout\n${result.stdout}\n--- stderr\n${result.stderr}`.replaceAll(
          dir.root,
          '/work',
        );
        return { content: observation, sandboxMs: result.wallMs };
      },
    }),
  ];
}
