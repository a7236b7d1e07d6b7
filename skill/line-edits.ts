import { isFileEdit, textsOf, type Edit } from '../records/patch';
import { withoutMarker } from './markdown';

/** Words of an edit that stand in a line say that the line is its own; shorter ones stand anywhere. */
const fewestCharacters = 12;

/** What a line says, without its indent and list marker. */
export function wordsOf(line: string): string {
  return withoutMarker(line.trim());
}

export const isBlank = (line: string): boolean => line.trim() === '';

/** Of edits that may have written a line, the one that has written the lines before, else the first; null of none. */
function chosen(found: readonly number[], preferred: number | null): number | null {
  return found.find((edit) => edit === preferred) ?? found[0] ?? null;
}

function editsWith(path: string, edits: readonly Edit[], holds: (text: string) => boolean): number[] {
  return [...edits.keys()].filter((index) => {
    const edit = edits[index];
    return edit !== undefined && filesOf(edit).includes(path) && textsOf(edit).some(holds);
  });
}

/**
 * The edit that brings a line of a file as a line of its text.
 *
 * @param preferred of several such edits, the one that has written the lines before
 * @returns its number from 0; null when none does
 */
export function editWithLine(
  line: string,
  path: string,
  edits: readonly Edit[],
  preferred: number | null,
): number | null {
  const words = wordsOf(line);
  const holds = (text: string): boolean => text.split('\n').some((one) => wordsOf(one) === words);
  return chosen(editsWith(path, edits, holds), preferred);
}

/** As `editWithLine`, the edit whose text holds a line's words, or stands in them; words too short to tell are no match. */
export function editWithPart(
  line: string,
  path: string,
  edits: readonly Edit[],
  preferred: number | null,
): number | null {
  const words = wordsOf(line);
  const stands = (part: string, whole: string): boolean => part.length >= fewestCharacters && whole.includes(part);
  const holds = (text: string): boolean => stands(words, text) || stands(text, words);
  return chosen(editsWith(path, edits, holds), preferred);
}

/** The files that an edit may write to. */
function filesOf(edit: Edit): string[] {
  if (edit.op === 'rename-reference' || edit.op === 'rename-script') return [edit.to];
  if (isFileEdit(edit)) return [edit.path];
  return edit.op === 'lift-to-reference' ? ['SKILL.md', edit.path] : ['SKILL.md'];
}
