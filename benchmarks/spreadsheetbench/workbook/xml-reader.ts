import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import type { WorkbookBounds } from './bounds';
import type { PackageArchive } from './package-archive';
import { WorkbookError } from './workbook-error';

export type Attributes = Record<string, string>;

/**
 * What happens in a part. Names are local: the root element's prefix is dropped, names with another prefix keep it,
 * so that `xdr:row` in a worksheet is no `row`. `text` is the element's own text before its first child.
 */
export interface XmlHandlers {
  open?(name: string, attributes: Attributes, parent: string): void;
  close?(name: string, text: string, parent: string): void;
  root?(name: string, namespace: string): void;
}

function decoderFor(first: Uint8Array): TextDecoder {
  const encoding =
    first[0] === 0xff && first[1] === 0xfe ? 'utf-16le' : first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true });
}

/**
 * Reads one XML part of a package as a stream of events.
 * @throws WorkbookError `xml` when it isn't well-formed or declares a document type (entities are never expanded),
 *   `bound` when it nests too deep or has too many attributes; and what the archive throws
 */
export function readXml(archive: PackageArchive, part: string, bounds: WorkbookBounds, handlers: XmlHandlers): void {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const names: string[] = [];
  const texts: string[] = [];
  const hasChild: boolean[] = [];
  let prefix = '';
  const refuse = (what: string) => new WorkbookError('xml', `${part} is not valid: ${what}`);
  const local = (name: string): string => {
    if (prefix === '') return name;
    return name.startsWith(prefix) ? name.slice(prefix.length) : `:${name}`;
  };

  parser.on('error', (error) => {
    throw refuse(error.message);
  });
  parser.on('doctype', () => {
    throw refuse('it declares a document type, which a workbook never needs');
  });
  let attributes = 0;
  parser.on('attribute', () => {
    // An object of millions of keys ends the whole process, not the thread alone.
    if (++attributes > bounds.xmlAttributes) {
      throw new WorkbookError('bound', `${part} has an element with more than ${bounds.xmlAttributes} attributes`);
    }
  });
  parser.on('opentag', (tag) => {
    attributes = 0;
    if (names.length === 0) {
      prefix = /^[^:]*:/.exec(tag.name)?.[0] ?? '';
      const declaration = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`;
      handlers.root?.(local(tag.name), tag.attributes[declaration] ?? '');
    }
    if (names.length >= bounds.xmlDepth) {
      throw new WorkbookError('bound', `${part} nests elements deeper than ${bounds.xmlDepth}`);
    }
    const name = local(tag.name);
    handlers.open?.(name, tag.attributes, names.at(-1) ?? '');
    if (names.length > 0) hasChild[names.length - 1] = true;
    hasChild[names.length] = false;
    names.push(name);
    texts.push('');
  });
  const onText = (text: string): void => {
    const at = names.length - 1;
    if (at >= 0 && hasChild[at] !== true) texts[at] += text;
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => {
    const name = names.pop() ?? '';
    handlers.close?.(name, texts.pop() ?? '', names.at(-1) ?? '');
  });

  let decoder: TextDecoder | null = null;
  const decode = (chunk: Uint8Array | undefined, stream: boolean): string => {
    decoder ??= decoderFor(chunk ?? new Uint8Array());
    try {
      return decoder.decode(chunk, { stream });
    } catch {
      throw refuse('its bytes are not in the encoding it is read in (UTF-8)');
    }
  };
  archive.stream(part, (chunk) => {
    parser.write(decode(chunk, true));
  });
  parser.write(decode(undefined, false));
  parser.close();
}
