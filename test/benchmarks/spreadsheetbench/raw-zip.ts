import { deflateRawSync } from 'node:zlib';
import { strToU8 } from 'fflate';
import { crc32 } from '../../../benchmarks/spreadsheetbench/workbook/crc32';

/** An entry of an archive built by hand; `lies` replaces what the headers would truthfully say. */
export interface RawEntry {
  name: string;
  /** Bytes as they stand in the archive. */
  data: Uint8Array;
  /** 0: stored, 8: deflated. */
  method?: number;
  flags?: number;
  /** Size and checksum of what `data` inflates to; of `data` itself where absent. */
  inflatedBytes?: number;
  crc?: number;
  compressedBytes?: number;
  /** Takes the bytes of the entry with this index instead of having its own. */
  sharesBytesOf?: number;
  /** Compressed size as the directory alone has it: may reach over what follows. */
  claimedBytes?: number;
}

function header(signature: number, fields: readonly [size: 2 | 4, value: number][], name: Uint8Array): Uint8Array {
  const fixed = 4 + fields.reduce((sum, [size]) => sum + size, 0);
  const bytes = new Uint8Array(fixed + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  let at = 4;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value >>> 0, true);
    at += size;
  }
  bytes.set(name, fixed);
  return bytes;
}

/** Builds a zip archive whose headers say whatever a hostile writer likes. */
export function rawZip(entries: readonly RawEntry[], end: { entries?: number; offset?: number } = {}): Uint8Array {
  const pieces: Uint8Array[] = [];
  const offsets: number[] = [];
  const directory: Uint8Array[] = [];
  let length = 0;
  const push = (bytes: Uint8Array): void => {
    pieces.push(bytes);
    length += bytes.length;
  };
  for (const entry of entries) {
    const name = strToU8(entry.name);
    const { method = 0, flags = 0, data } = entry;
    const sizes: [2 | 4, number][] = [
      [4, entry.crc ?? crc32(0, data)],
      [4, entry.claimedBytes ?? entry.compressedBytes ?? data.length],
      [4, entry.inflatedBytes ?? data.length],
    ];
    const shared = entry.sharesBytesOf === undefined ? undefined : offsets[entry.sharesBytesOf];
    const offset = shared ?? length;
    offsets.push(offset);
    const meta: [2 | 4, number][] = [
      [2, 20],
      [2, flags],
      [2, method],
      [2, 0],
      [2, 0x21],
      ...sizes,
      [2, name.length],
      [2, 0],
    ];
    if (shared === undefined) {
      push(header(0x04034b50, meta, name));
      push(data);
    }
    directory.push(header(0x02014b50, [[2, 20], ...meta, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]], name));
  }
  const start = length;
  for (const bytes of directory) push(bytes);
  const count = end.entries ?? entries.length;
  const size = length - start;
  push(
    header(
      0x06054b50,
      [
        [2, 0],
        [2, 0],
        [2, count],
        [2, count],
        [4, size],
        [4, end.offset ?? start],
        [2, 0],
      ],
      new Uint8Array(),
    ),
  );
  const archive = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    archive.set(piece, at);
    at += piece.length;
  }
  return archive;
}

/** Parts of a package as true entries, ready to be spoiled. */
export function entries(parts: Record<string, string>): RawEntry[] {
  return Object.entries(parts).map(([name, text]) => {
    const content = strToU8(text);
    return {
      name,
      data: deflateRawSync(content),
      method: 8,
      inflatedBytes: content.length,
      crc: crc32(0, content),
    };
  });
}

/** Parts as an archive; native deflate packs tens of megabytes in a tenth of the time of fflate. */
export function packed(parts: Record<string, string>): Uint8Array {
  return rawZip(entries(parts));
}
