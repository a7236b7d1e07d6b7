import { isMap, isNode, isScalar, parseDocument } from 'yaml';
import { findFrontmatter, lineEnd } from './frontmatter';

/**
 * Sets the description in a SKILL.md; every other byte of the file stays as it is.
 *
 * @param text the whole file, with a frontmatter.
 * @param description taken as one line.
 * @returns the new file, or why it was refused.
 */
export function setDescription(text: string, description: string): { text: string } | { refused: string } {
  const range = findFrontmatter(text);
  if (typeof range === 'string') return { refused: 'SKILL.md has no frontmatter to hold a description' };
  const line = description.replace(/\s+/g, ' ').trim();
  if (line === '') return { refused: 'the description is blank; write one sentence' };
  const yaml = text.slice(range.yamlStart, range.yamlEnd);
  const next = splice(yaml, /^[A-Za-z][^:#"']*$/.test(line) ? line : JSON.stringify(line));
  const before = fieldsOf(yaml);
  const after = next === null ? null : fieldsOf(next);
  if (next === null || before === null || after === null || after.get('description') !== line) {
    return { refused: 'the description can not be set in this frontmatter; leave it as it is' };
  }
  if (before.get('description') === line) return { refused: 'the description already says exactly this' };
  before.delete('description');
  after.delete('description');
  if (asText(before) !== asText(after)) {
    return { refused: 'setting the description would change other fields; leave it as it is' };
  }
  return { text: text.slice(0, range.yamlStart) + next + text.slice(range.yamlEnd) };
}

function splice(yaml: string, written: string): string | null {
  const document = parseDocument(yaml);
  if (!isMap(document.contents)) return null;
  const pair = document.contents.items.find(({ key }) => isScalar(key) && key.value === 'description');
  const value = pair?.value;
  if (isNode(value) && value.range) {
    const [start, end] = value.range;
    const old = yaml.slice(start, end);
    // A block scalar's range takes in the line end after it.
    const ending = /\r?\n$/.exec(old)?.[0] ?? '';
    const space = start > 0 && yaml[start - 1] === ':' ? ' ' : '';
    return yaml.slice(0, start) + space + written + ending + yaml.slice(end);
  }
  if (document.contents.flow === true) return null;
  const gap = yaml === '' || yaml.endsWith('\n') ? '' : lineEnd(yaml);
  return `${yaml}${gap}description: ${written}${lineEnd(yaml)}`;
}

function asText(fields: Map<unknown, unknown>): string {
  return JSON.stringify(fields, (_, value: unknown) =>
    value instanceof Map ? [...(value as Map<unknown, unknown>)] : value,
  );
}

function fieldsOf(yaml: string): Map<unknown, unknown> | null {
  const document = parseDocument(yaml);
  if (document.errors.length > 0) return null;
  try {
    const fields: unknown = document.toJS({ mapAsMap: true, maxAliasCount: 100 });
    return fields instanceof Map ? fields : null;
  } catch {
    return null;
  }
}
