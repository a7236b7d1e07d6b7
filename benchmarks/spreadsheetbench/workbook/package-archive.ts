import { Inflate } from 'fflate';
import type { WorkbookBounds } from './bounds';
import { crc32 } from './crc32';
import { WorkbookError } from './workbook-error';
import { compressedBytes, readZipDirectory } from './zip-directory';
import type { ZipEntry } from './zip-directory';

/** The parts of an .xlsx package. `stream` inflates one part and hands it on in pieces, within the bounds. */
export interface PackageArchive {
  has(part: string): boolean;
  stream(part: string, onChunk: (chunk: Uint8Array) => void): void;
}

/** Compressed bytes fed at a time: at deflate's 1032:1 one piece can't exceed 17 MB before the bounds are looked at. */
const pieceBytes = 16_384;

/**
 * Opens a zip archive held in memory. Bounds are checked while inflating, by what really comes out: declared sizes
 * may lie.
 * @throws WorkbookError `zip` for damage (also from `stream`: checksum, size, encryption), `bound` for excess
 */
export function openPackage(bytes: Uint8Array, bounds: WorkbookBounds): PackageArchive {
  if (bytes.byteLength > bounds.fileBytes) {
    throw new WorkbookError('bound', `the file has ${bytes.byteLength} bytes; at most ${bounds.fileBytes} are read`);
  }
  const entries = readZipDirectory(bytes, bounds);
  let totalBytes = 0;

  const stream = (part: string, onChunk: (chunk: Uint8Array) => void): void => {
    const entry = entries.get(part);
    if (!entry) throw new WorkbookError('part', `the package has no part ${part}`);
    let inflated = 0;
    let crc = 0;
    const take = (chunk: Uint8Array): void => {
      inflated += chunk.length;
      totalBytes += chunk.length;
      checkBounds(entry, inflated, totalBytes, bounds);
      crc = crc32(crc, chunk);
      onChunk(chunk);
    };
    inflateEntry(entry, compressedBytes(bytes, entry), take);
    if (inflated !== entry.inflatedBytes || crc !== entry.crc) {
      throw new WorkbookError('zip', `${part} is damaged: its size or checksum is not what the archive says`);
    }
  };
  return { has: (part) => entries.has(part), stream };
}

function inflateEntry(entry: ZipEntry, data: Uint8Array, take: (chunk: Uint8Array) => void): void {
  if (entry.encrypted) throw new WorkbookError('zip', `${entry.name} is encrypted`);
  if (entry.method === 0) return take(data);
  if (entry.method !== 8) throw new WorkbookError('zip', `${entry.name} is compressed by method ${entry.method}`);
  let fromConsumer: unknown = null;
  const inflate = new Inflate((chunk) => {
    try {
      take(chunk);
    } catch (error) {
      fromConsumer = error;
      throw error;
    }
  });
  try {
    for (let at = 0; at < data.length || at === 0; at += pieceBytes) {
      inflate.push(data.subarray(at, at + pieceBytes), at + pieceBytes >= data.length);
    }
  } catch (error) {
    if (fromConsumer !== null) throw fromConsumer;
    const cause = error instanceof Error ? error.message : String(error);
    throw new WorkbookError('zip', `${entry.name} can't be inflated: ${cause}`);
  }
}

function checkBounds(entry: ZipEntry, inflated: number, total: number, bounds: WorkbookBounds): void {
  if (inflated > bounds.entryBytes) {
    throw new WorkbookError('bound', `${entry.name} inflates to more than ${bounds.entryBytes} bytes`);
  }
  if (total > bounds.totalBytes) {
    throw new WorkbookError('bound', `the workbook inflates to more than ${bounds.totalBytes} bytes`);
  }
  if (inflated > bounds.ratioFromBytes && inflated > bounds.ratio * entry.compressedBytes) {
    throw new WorkbookError('bound', `${entry.name} inflates more than ${bounds.ratio}:1`);
  }
}
