import { posix } from 'node:path';

/** A Markdown link's destination, behind `](` or the `]:` of a definition. */
const destination = /(\]\([ \t]*|^[ \t>]*\[(?!\^)[^\]\n]+\]:[ \t]*)(<[^<>\n]+>|[^\s<>()]+)(?=[)\s]|$)/gm;
/** Code blocks between fences, and code within a line. */
const code = /^[ \t>]*(`{3,}|~{3,})[^]*?(?:^[ \t>]*\1|$(?![^]))|`[^`\n]+`/gm;
/** A destination that names one of the package's folders is meant from its root, wherever it stands. */
const fromRoot = /^(?:\.\/)?(?:references|scripts|assets)\//;

/** Paths of the package that a Markdown text links to, code left out. */
export function linksIn(text: string, file: string): string[] {
  const found = text.replace(code, '').matchAll(destination);
  return [...new Set([...found].flatMap(([, , written = '']) => targetOf(written, file) ?? []))];
}

/**
 * A text whose links to a renamed file follow it.
 *
 * @param file the path of the text before the rename, `at` the one after it.
 */
export function relinked(
  text: string,
  { file, at, from, to }: { file: string; at: string; from: string; to: string },
): string {
  const here = posix.dirname(at);
  return text.replace(destination, (whole, lead: string, written: string) => {
    if (targetOf(written, file) !== from) return whole;
    const [open, close] = written.startsWith('<') ? ['<', '>'] : ['', ''];
    const rest = /[#?].*$/.exec(inner(written))?.[0] ?? '';
    const dot = inner(written).startsWith('./') ? './' : '';
    const path = fromRoot.test(inner(written)) ? to : posix.relative(here, to);
    return `${lead}${open}${dot}${path}${rest}${close}`;
  });
}

const inner = (written: string): string => written.replace(/^<|>$/g, '');

/** The path of the package that a destination leads to; null: it leads out of it. */
function targetOf(written: string, file: string): string | null {
  const path = inner(written).replace(/[#?].*$/, '');
  if (path === '' || /^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(path)) return null;
  const target = posix.join(fromRoot.test(path) ? '.' : posix.dirname(file), decoded(path));
  return target.startsWith('..') ? null : target;
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    // A lone % is no escape: the name is as written.
    return path;
  }
}
