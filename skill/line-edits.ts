import { isFileEdit, textsOf, type Edit } from '../records/patch';

/** Words of an edit that stand in a line say that the line is its own; shorter ones stand anywhere. */
const fewestCharacters = 12;

/** What a line says, without its indent and list marker. */
export function wordsOf(line: string): string {
  return line.trim().replace(/^(?:[-*+]|\d{1,9}[.)])\s+/, '');
}

export const isBlank = (line: string): boolean => line.trim() === '';

/**
 * The edit that has written a line of a file: one that holds it as a line, else one whose text it is a part of, or that
 * brings a part of it.
 *
 * @param preferred of several such edits, the one that has written the lines before.
 * @returns its number from 0; null when none holds the line.
 */
export function editOf(line: string, path: string, edits: readonly Edit[], preferred: number | null): number | null {
  const words = wordsOf(line);
  const inFile = edits.map((edit, index) => ({ index, edit })).filter(({ edit }) => filesOf(edit).includes(path));
  const chosen = (found: { index: number }[]): number | null =>
    found.find(({ index }) => index === preferred)?.index ?? found[0]?.index ?? null;
  const whole = inFile.filter(({ edit }) =>
    textsOf(edit).some((text) => text.split('\n').some((one) => wordsOf(one) === words)),
  );
  const part = inFile.filter(({ edit }) =>
    textsOf(edit).some((text) => text.includes(words) || (text.length >= fewestCharacters && words.includes(text))),
  );
  return chosen(whole) ?? chosen(part);
}

/** The files that an edit may write to. */
function filesOf(edit: Edit): string[] {
  if (edit.op === 'rename-reference' || edit.op === 'rename-script') return [edit.to];
  if (isFileEdit(edit)) return [edit.path];
  return edit.op === 'lift-to-reference' ? ['SKILL.md', edit.path] : ['SKILL.md'];
}
