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

/** Whether a body holds a pointer in the shape that tells when to follow it and when not. */
export function isPointedAt(body: string, path: string): boolean {
  const name = path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const written = `(?:${name}|\`${name}\`|\\[[^\\]\\n]*\\]\\(${name}\\))`;
  // Within one paragraph or item; it may be wrapped over lines.
  const words = '(?:(?!\\n[ \\t]*\\n)[^])+?';
  return new RegExp(`\\bRead\\s+${written}\\s+when\\s+${words}\\.\\s+Skip\\s+when\\s+\\S`, 'u').test(body);
}
