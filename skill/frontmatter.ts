/** Where the parts of a SKILL.md lie, as offsets in its text; the YAML is between `yamlStart` and `yamlEnd`. */
export interface FrontmatterRange {
  yamlStart: number;
  yamlEnd: number;
  /** Offset after the closing line; the rest of the file is the L2 body. */
  bodyStart: number;
}

/**
 * Finds the frontmatter: a first line of `---` (a byte-order mark before it is fine) up to the next line of `---`.
 * Lines may end in LF or CRLF; blanks after the dashes are fine, blanks before them are not.
 *
 * @returns the offsets, or which of the two lines is missing.
 */
export function findFrontmatter(text: string): FrontmatterRange | 'not-opened' | 'not-closed' {
  const opening = /^\uFEFF?---[ \t]*(?:\r?\n|$)/.exec(text);
  if (opening === null) return 'not-opened';
  const yamlStart = opening[0].length;
  const closing = /(^|\n)---[ \t]*(?:\r?\n|$)/.exec(text.slice(yamlStart));
  if (closing === null) return 'not-closed';
  const yamlEnd = yamlStart + closing.index + (closing[1] ?? '').length;
  return { yamlStart, yamlEnd, bodyStart: yamlStart + closing.index + closing[0].length };
}

/** The line end that a text uses: that of its first line; LF when it has none. */
export function lineEnd(text: string): '\n' | '\r\n' {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

/**
 * Text of a UTF-8 file, byte-order mark included, so that encoding it again gives the same bytes.
 *
 * @returns null when the bytes are not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The bytes of a text in UTF-8. */
export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
