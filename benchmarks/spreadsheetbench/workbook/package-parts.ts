import { posix } from 'node:path';
import type { WorkbookBounds } from './bounds';
import type { PackageArchive } from './package-archive';
import { WorkbookError } from './workbook-error';
import { readXml } from './xml-reader';

const typePrefix = 'application/vnd.';
/** In the order in which openpyxl looks for a workbook. */
const workbookTypes = [
  `${typePrefix}ms-excel.template.macroEnabled.main+xml`,
  `${typePrefix}openxmlformats-officedocument.spreadsheetml.template.main+xml`,
  `${typePrefix}ms-excel.sheet.macroEnabled.main+xml`,
  `${typePrefix}openxmlformats-officedocument.spreadsheetml.sheet.main+xml`,
];
const sharedStringsType = `${typePrefix}openxmlformats-officedocument.spreadsheetml.sharedStrings+xml`;

/** Where the package keeps its workbook and, if there are any, its shared strings. */
export interface MainParts {
  workbook: string;
  sharedStrings: string | null;
}

/** @throws WorkbookError `format` when no part is a workbook */
export function readContentTypes(archive: PackageArchive, bounds: WorkbookBounds): MainParts {
  const part = '[Content_Types].xml';
  if (!archive.has(part)) {
    throw new WorkbookError('format', `a zip archive without ${part} is no .xlsx workbook`);
  }
  const byType = new Map<string, string>();
  const defaults = new Set<string>();
  readXml(archive, part, bounds, {
    open(name, { ContentType: type = '', PartName: partName = '' }) {
      if (name === 'Override' && !byType.has(type)) byType.set(type, partName.slice(1));
      if (name === 'Default') defaults.add(type);
    },
  });
  const declared = workbookTypes.map((type) => byType.get(type)).find((found) => found !== undefined);
  const workbook = declared ?? (workbookTypes.some((type) => defaults.has(type)) ? 'xl/workbook.xml' : null);
  if (workbook === null) throw new WorkbookError('format', 'the package holds no .xlsx workbook');
  return { workbook, sharedStrings: byType.get(sharedStringsType) ?? null };
}

export interface Relationship {
  type: string;
  /** Part name inside the package, or what is written there when the target is external. */
  target: string;
}

/** The relationships of a part by id, with targets made absolute; none when it has no relationships part. */
export function readRelationships(
  archive: PackageArchive,
  of: string,
  bounds: WorkbookBounds,
): Map<string, Relationship> {
  const folder = posix.dirname(of);
  const part = posix.join(folder, '_rels', `${posix.basename(of)}.rels`);
  const found = new Map<string, Relationship>();
  if (!archive.has(part)) return found;
  readXml(archive, part, bounds, {
    open(name, { Id: id, Type: type = '', Target: target = '', TargetMode: mode }) {
      if (name !== 'Relationship' || id === undefined || found.has(id)) return;
      if (found.size >= bounds.links) {
        throw new WorkbookError('bound', `${part} has more than ${bounds.links} relationships`);
      }
      const absolute = target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join(folder, target));
      found.set(id, { type, target: mode === 'External' ? target : absolute });
    },
  });
  return found;
}

/** A sheet as the workbook part lists it; `part` is null when the package doesn't hold it (it is then skipped). */
export interface ListedSheet {
  name: string;
  part: string | null;
  kind: 'worksheet' | 'chartsheet';
}

const transitional = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** @throws WorkbookError `format` for Strict Open XML, which openpyxl reads as empty */
export function requireTransitional(part: string, namespace: string): void {
  if (namespace === transitional) return;
  throw new WorkbookError('format', `${part} is not in the namespace ${transitional} (saved as Strict Open XML?)`);
}

/**
 * The workbook's sheets in their order and its date system.
 * @throws WorkbookError `part` when a sheet has no relationship, `cell` for a name that no sheet may have
 */
export function readSheetList(archive: PackageArchive, part: string, bounds: WorkbookBounds) {
  const relationships = readRelationships(archive, part, bounds);
  const sheets: ListedSheet[] = [];
  let date1904 = false;
  readXml(archive, part, bounds, {
    root: (_name, namespace) => requireTransitional(part, namespace),
    open(name, attributes, parent) {
      if (name === 'workbookPr') date1904 = ['1', 'true', 't'].includes(attributes.date1904 ?? '');
      if (name !== 'sheet' || parent !== 'sheets') return;
      if (sheets.length >= bounds.sheets) throw new WorkbookError('bound', `more than ${bounds.sheets} sheets`);
      const listed = attributes.name ?? '';
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      if (!id) return;
      const relationship = relationships.get(id);
      if (!relationship) throw new WorkbookError('part', `sheet ${JSON.stringify(listed)} has no relationship ${id}`);
      if (listed === '' || /[\\*?:/[\]]/.test(listed)) {
        throw new WorkbookError('format', `${JSON.stringify(listed)} can't be a sheet's name`);
      }
      const kind = relationship.type.includes('chartsheet') ? 'chartsheet' : 'worksheet';
      sheets.push({ name: listed, kind, part: archive.has(relationship.target) ? relationship.target : null });
    },
  });
  return { sheets, date1904 };
}
