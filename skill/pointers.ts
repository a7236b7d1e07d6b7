/** Paths of the package's own files that a body names: below references/, scripts/ or assets/, first mention first. */
export function mentionsIn(body: string): string[] {
  const found = body.matchAll(
    /(?<![\p{L}\p{N}_/-])(?:\.\/)?((?:references|scripts|assets)\/[\p{L}\p{N}_./-]*[\p{L}\p{N}_])/gu,
  );
  return [...new Set([...found].map(([, path]) => path ?? ''))];
}

/** Whether a body names a file, also where its name needs escaping in a link. */
export function mentions(body: string, path: string): boolean {
  return (
    mentionsIn(body).includes(path) ||
    (/[^\p{L}\p{N}_./-]/u.test(path) && [path, encodeURI(path)].some((name) => body.includes(name)))
  );
}

/** What a pointer reads like, for a model that wrote one differently. */
export function pointerShape(path: string): string {
  return `Read ${path} when <observable trigger>. Skip when <near neighbour>.`;
}

/** The pointer to a file from its two conditions, or why one of them can't be used. */
export function pointerTo(path: string, when: string, skip: string): string | { refused: string } {
  const [trigger, neighbour] = [when, skip].map((raw) =>
    raw
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/^(?:skip\s+)?when(?:\s+|$)/i, '')
      .replace(/[\s.;,:]+$/, ''),
  );
  if (!trigger || !neighbour) {
    return { refused: `"when" and "skip" must both say something, to make: "${pointerShape(path)}"` };
  }
  return `Read ${path} when ${trigger}. Skip when ${neighbour}.`;
}

/** When to read a file and when not, as a pointer says it. */
export interface Pointer {
  when: string;
  skip: string;
}

/** The first pointer to a file in the shape that tells when to follow it and when not; null: there is none. */
export function pointerIn(body: string, path: string): Pointer | null {
  const name = path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const written = `(?:${name}|\`${name}\`|\\[[^\\]\\n]*\\]\\(${name}\\))`;
  // Within one paragraph or item; it may be wrapped over lines.
  const words = '((?:(?!\\n[ \\t]*\\r?\\n)[^])+?)';
  const pattern = `\\bRead\\s+${written}\\s+when\\s+${words}\\.\\s+Skip\\s+when\\s+(?=\\S)${words}(?:\\.(?=\\s|$)|\\n[ \\t]*\\r?\\n|$)`;
  const found = new RegExp(pattern, 'u').exec(body);
  if (found === null) return null;
  const [when, skip] = [found[1], found[2]].map((part) => (part ?? '').replace(/\s+/g, ' ').trim());
  return { when: when ?? '', skip: skip ?? '' };
}

/** Whether a body holds a pointer in that shape. */
export function isPointedAt(body: string, path: string): boolean {
  return pointerIn(body, path) !== null;
}
