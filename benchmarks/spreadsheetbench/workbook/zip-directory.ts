import { WorkbookError } from './workbook-error';
import type { WorkbookBounds } from './bounds';

/** An entry as the central directory declares it; `headerOffset` is where its local header starts. */
export interface ZipEntry {
  name: string;
  method: number;
  encrypted: boolean;
  crc: number;
  compressedBytes: number;
  inflatedBytes: number;
  headerOffset: number;
  /** Where the next entry, or the directory, begins: this one's bytes must end before. */
  limitOffset: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;

const damaged = (what: string) => new WorkbookError('zip', `not a readable zip archive: ${what}`);

interface Directory {
  entries: number;
  size: number;
  offset: number;
  /** Where the directory lies; `start - offset` is what was put before the archive. */
  start: number;
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  throw damaged('no end of central directory (is the file truncated, or no .xlsx at all?)');
}

function locate(view: DataView): Directory {
  const end = findEnd(view);
  const entries = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const offset = view.getUint32(end + 16, true);
  if (entries !== 0xffff && size !== 0xffffffff && offset !== 0xffffffff) {
    return { entries, size, offset, start: end - size };
  }
  // zip64: the larger record lies right before its locator of 20 bytes.
  const end64 = end - 20 - 56;
  if (end64 < 0 || view.getUint32(end64, true) !== end64Signature) throw damaged('broken zip64 directory');
  const wide = { size: big(view, end64 + 40), offset: big(view, end64 + 48) };
  return { entries: big(view, end64 + 32), ...wide, start: end64 - wide.size };
}

function big(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Sizes and offset that didn't fit 32 bits stand in extra field 1, in this order. */
function widen(view: DataView, at: number, length: number, entry: ZipEntry): void {
  let cursor = at;
  while (cursor + 4 <= at + length) {
    const size = view.getUint16(cursor + 2, true);
    if (view.getUint16(cursor, true) === 1) {
      let field = cursor + 4;
      for (const name of ['inflatedBytes', 'compressedBytes', 'headerOffset'] as const) {
        if (entry[name] !== 0xffffffff) continue;
        entry[name] = big(view, field);
        field += 8;
      }
    }
    cursor += 4 + size;
  }
}

/**
 * Reads a zip archive's central directory; of several entries with one name the last counts, as in Python's zipfile.
 * @throws WorkbookError `zip` when the bytes are no archive, `bound` when it has too many entries
 */
export function readZipDirectory(bytes: Uint8Array, bounds: WorkbookBounds): Map<string, ZipEntry> {
  if (bytes.byteLength < 22) throw damaged(`only ${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all: ZipEntry[] = [];
  try {
    const directory = locate(view);
    if (directory.entries > bounds.zipEntries) {
      throw new WorkbookError(
        'bound',
        `the archive has ${directory.entries} entries; at most ${bounds.zipEntries} are read`,
      );
    }
    const prefix = directory.start - directory.offset;
    if (directory.start < 0 || prefix < 0) throw damaged('the central directory lies outside the file');
    for (let at = directory.start, left = directory.entries; left > 0; left--) {
      if (view.getUint32(at, true) !== entrySignature) throw damaged('broken central directory');
      const nameLength = view.getUint16(at + 28, true);
      const extraLength = view.getUint16(at + 30, true);
      const flags = view.getUint16(at + 8, true);
      const nameBytes = bytes.subarray(at + 46, at + 46 + nameLength);
      const entry: ZipEntry = {
        name: new TextDecoder(flags & 0x800 ? 'utf-8' : 'latin1').decode(nameBytes),
        method: view.getUint16(at + 10, true),
        encrypted: (flags & 1) !== 0,
        crc: view.getUint32(at + 16, true),
        compressedBytes: view.getUint32(at + 20, true),
        inflatedBytes: view.getUint32(at + 24, true),
        headerOffset: view.getUint32(at + 42, true),
        limitOffset: directory.start,
      };
      widen(view, at + 46 + nameLength, extraLength, entry);
      entry.headerOffset += prefix;
      all.push(entry);
      at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    }
  } catch (error) {
    // DataView throws RangeError where the directory points outside the file.
    throw error instanceof RangeError ? damaged('the central directory is cut off') : error;
  }
  const byName = new Map(all.map((entry) => [entry.name, entry]));
  const inFile = all.sort((a, b) => a.headerOffset - b.headerOffset);
  for (const [index, entry] of inFile.entries()) {
    entry.limitOffset = inFile[index + 1]?.headerOffset ?? entry.limitOffset;
  }
  return byName;
}

/** The compressed bytes of an entry, found through its local header. */
export function compressedBytes(archive: Uint8Array, entry: ZipEntry): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const at = entry.headerOffset;
  if (at + 30 > archive.byteLength || view.getUint32(at, true) !== localSignature) {
    throw damaged(`no local header for ${entry.name}`);
  }
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const end = start + entry.compressedBytes;
  if (end > archive.byteLength) throw damaged(`${entry.name} is cut off`);
  // Entries that share bytes multiply a small file: Python's zipfile refuses them too.
  if (end > entry.limitOffset) throw damaged(`${entry.name} overlaps what comes after it`);
  return archive.subarray(start, end);
}
