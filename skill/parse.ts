import { parseDocument } from 'yaml';
import type { FileEntry } from '../records/artifact';
import { findingText, SkillError, type Finding } from './finding';
import { decodeText, findFrontmatter } from './frontmatter';
import { nestingLimits, nestingOf } from './markdown';
import { checkFields } from './specification';

/** What a SKILL.md says. Offsets are in `text`, the whole file; `body` is the L2 layer, from `bodyStart` on. */
export interface Skill {
  name: string;
  description: string;
  license: string | null;
  compatibility: string | null;
  metadata: Record<string, string>;
  allowedTools: string | null;
  text: string;
  body: string;
  bodyStart: number;
  /** What lenient loading let pass, and advice; one line each. */
  warnings: string[];
}

/** `strict`: anything that breaks the specification is an error; `lenient`: only what can't be loaded at all is. */
export type LoadMode = 'strict' | 'lenient';

/**
 * Reads the SKILL.md of a package (frontmatter by the Agent Skills specification).
 *
 * @param expectedName the folder's name, which the skill's must equal; left out where there is no folder.
 * @throws SkillError with every finding: file, field, what was expected, and what to do.
 */
export function parseSkill(files: readonly FileEntry[], expectedName?: string, mode: LoadMode = 'strict'): Skill {
  const { skill, findings } = inspectSkill(files, expectedName);
  const stops = findings.filter(({ severity }) => severity === 'fatal' || (severity === 'error' && mode === 'strict'));
  if (skill === null || stops.length > 0) throw new SkillError(`skill ${expectedName ?? 'package'}`, stops);
  return { ...skill, warnings: findings.map(findingText) };
}

/** Like `parseSkill`, but tells everything that it found; `skill` is null when the package can't be loaded. */
export function inspectSkill(
  files: readonly FileEntry[],
  expectedName?: string,
): { skill: Skill | null; findings: Finding[] } {
  const stop = (field: string, problem: string, fix: string): { skill: null; findings: Finding[] } => ({
    skill: null,
    findings: [{ severity: 'fatal', file: 'SKILL.md', field, problem, fix }],
  });
  const file = files.find(({ path }) => path === 'SKILL.md');
  if (file === undefined) {
    const similar = files.find(({ path }) => path.toLowerCase() === 'skill.md');
    return similar
      ? stop('file', `found as ${similar.path}`, 'rename it to SKILL.md')
      : stop('file', 'missing', 'create it in the skill folder, with a frontmatter of name and description');
  }
  const text = decodeText(file.bytes);
  if (text === null) return stop('encoding', 'not valid UTF-8', 'save the file as UTF-8');
  const range = findFrontmatter(text);
  if (range === 'not-opened') {
    return stop(
      'frontmatter',
      `missing: expected --- as the first line, got ${firstLine(text)}`,
      'begin the file with a line of ---, name, description, and a line of ---',
    );
  }
  if (range === 'not-closed') {
    return stop('frontmatter', 'not closed: no line of --- after the first', 'add a line of --- after the last field');
  }
  const yaml = text.slice(range.yamlStart, range.yamlEnd);
  const parsed = parseYaml(yaml);
  if ('problem' in parsed) return stop('frontmatter', parsed.problem, parsed.fix);
  const { fields, findings } = checkFields(parsed.fields, expectedName);
  if (fields === null) return { skill: null, findings };
  const body = text.slice(range.bodyStart);
  const levels = nestingOf(body);
  if (levels > nestingLimits.body) {
    const limit = `at most ${nestingLimits.body} are read`;
    return stop('body', `lists or quotes ${levels} levels deep on one line, ${limit}`, 'flatten them');
  }
  return { skill: { ...fields, text, body, bodyStart: range.bodyStart, warnings: [] }, findings };
}

function parseYaml(yaml: string): { fields: Map<unknown, unknown> } | { problem: string; fix: string } {
  const document = parseDocument(yaml, { uniqueKeys: true, prettyErrors: true });
  const error = document.errors[0];
  if (error !== undefined) {
    // Line 1 of the YAML is line 2 of the file.
    const line = (error.linePos?.[0].line ?? 0) + 1;
    const message = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    return {
      problem: `not valid YAML on line ${line}: ${message}`,
      fix: 'correct that line (a value that holds ": " or starts with a special character needs quotes)',
    };
  }
  try {
    const fields: unknown = document.toJS({ mapAsMap: true, maxAliasCount: 100 });
    if (fields instanceof Map) return { fields };
    return { problem: 'expected fields like name: value', fix: 'write at least name and description, one a line' };
  } catch (error) {
    return {
      problem: error instanceof Error ? error.message : String(error),
      fix: 'write the values out, without aliases',
    };
  }
}

function firstLine(text: string): string {
  const line = (text.split('\n')[0] ?? '').trim().slice(0, 60);
  return line === '' ? 'an empty line' : JSON.stringify(line);
}
