import { slugOf } from '../records/slug';
import type { Finding } from './finding';

export interface SkillFields {
  name: string;
  description: string;
  license: string | null;
  compatibility: string | null;
  metadata: Record<string, string>;
  allowedTools: string | null;
}

const known = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools'];

/**
 * Checks the fields of a frontmatter against the Agent Skills specification.
 *
 * @param expectedName the folder's name, if there is a folder.
 * @returns the fields with everything found; null fields when there is no usable name or description.
 */
export function checkFields(
  fields: ReadonlyMap<unknown, unknown>,
  expectedName?: string,
): { fields: SkillFields | null; findings: Finding[] } {
  const findings: Finding[] = [];
  const find = (severity: Finding['severity'], field: string, problem: string, fix: string): void => {
    findings.push({ severity, file: 'SKILL.md', field, problem, fix });
  };
  const text = (field: string, limit: number): string | null => {
    const value = fields.get(field);
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') {
      find(
        'error',
        field,
        `expected text, got ${kindOf(value)}`,
        field === 'allowed-tools' ? 'write the tools on one line, separated by spaces' : 'put the value in quotes',
      );
      return null;
    }
    if ([...value].length > limit)
      find('error', field, `expected at most ${limit} characters, got ${[...value].length}`, 'shorten it');
    return value;
  };

  let name = text('name', 64);
  if (name === null && !findings.some(({ field }) => field === 'name')) {
    find('error', 'name', 'missing', `add name: ${expectedName ?? 'my-skill'}`);
  } else if (name !== null && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    find(
      'error',
      'name',
      `expected lower-case letters, digits and single hyphens, got ${JSON.stringify(name)}`,
      `write it like ${nameLike(name)}`,
    );
    // The name becomes that of a folder: what breaks the rules must not lead elsewhere.
    name = expectedName ?? nameLike(name);
  } else if (name !== null && expectedName !== undefined && name !== expectedName) {
    find(
      'error',
      'name',
      `expected the folder's name ${JSON.stringify(expectedName)}, got ${JSON.stringify(name)}`,
      'rename the folder or the skill',
    );
  }
  name ??= expectedName ?? null;

  const description = text('description', 1024);
  if (description === null && !findings.some(({ field }) => field === 'description')) {
    find('error', 'description', 'missing', 'add one sentence that says what the skill does and when to use it');
  } else if (description !== null && description.trim() === '') {
    find('error', 'description', 'blank', 'write one sentence that says what the skill does and when to use it');
  }

  const compatibility = text('compatibility', 500);
  if (compatibility !== null && compatibility.trim() === '')
    find('error', 'compatibility', 'blank', 'say what it needs, or remove the field');
  const license = text('license', Number.POSITIVE_INFINITY);
  const allowedTools = text('allowed-tools', Number.POSITIVE_INFINITY);
  const metadata = metadataOf(fields.get('metadata'), find);
  for (const key of fields.keys()) {
    if (!known.includes(String(key))) {
      find(
        'warning',
        String(key),
        'not a field of the specification',
        'move it below metadata, or leave it if your agent knows it',
      );
    }
  }
  if (name === null || description === null) {
    for (const finding of findings) {
      if (finding.field === 'name' || finding.field === 'description') finding.severity = 'fatal';
    }
    return { fields: null, findings };
  }
  return { fields: { name, description, license, compatibility, metadata, allowedTools }, findings };
}

function metadataOf(
  value: unknown,
  find: (severity: Finding['severity'], field: string, problem: string, fix: string) => void,
): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!(value instanceof Map)) {
    find('error', 'metadata', `expected a map of text, got ${kindOf(value)}`, 'write one "key: value" a line below it');
    return {};
  }
  const entries: [string, string][] = [];
  for (const [key, item] of value as Map<unknown, unknown>) {
    if (typeof key === 'string' && typeof item === 'string') entries.push([key, item]);
    else find('error', `metadata.${String(key)}`, `expected text, got ${kindOf(item)}`, 'put the value in quotes');
  }
  return Object.fromEntries(entries);
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a map';
  return `the ${typeof value} ${JSON.stringify(value)}`;
}

const nameLike = (text: string): string => slugOf(text) ?? 'my-skill';
