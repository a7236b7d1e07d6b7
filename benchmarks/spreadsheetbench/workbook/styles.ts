import type { WorkbookBounds } from './bounds';
import { formatMeaning } from './number-format';
import type { FormatMeaning } from './number-format';
import type { PackageArchive } from './package-archive';
import { WorkbookError } from './workbook-error';
import { readXml } from './xml-reader';

/** openpyxl reads the styles from this fixed place, whatever the relationships say. */
const part = 'xl/styles.xml';

/**
 * What each cell style (index of `cellXfs`) makes of a number. A workbook without a stylesheet has one plain style.
 * @throws WorkbookError as readXml, and `bound` for too many styles
 */
export function readStyles(archive: PackageArchive, bounds: WorkbookBounds): FormatMeaning[] {
  if (!archive.has(part)) return ['number'];
  const custom = new Map<number, string>();
  const formatIds: number[] = [];
  readXml(archive, part, bounds, {
    open(name, attributes, parent) {
      if (name === 'numFmt' && parent === 'numFmts') {
        const { numFmtId: id, formatCode: code = '' } = attributes;
        if (code.length > bounds.formatLength) {
          throw new WorkbookError('bound', `${part}: number format ${id} is longer than ${bounds.formatLength}`);
        }
        custom.set(Number(id), code);
      } else if (name === 'xf' && parent === 'cellXfs') {
        formatIds.push(Number(attributes.numFmtId ?? 0));
      }
      if (formatIds.length > bounds.styles || custom.size > bounds.styles) {
        throw new WorkbookError('bound', `${part} has more than ${bounds.styles} styles`);
      }
    },
  });
  const byId = new Map([...new Set(formatIds)].map((id) => [id, formatMeaning(id, custom)]));
  const meanings = formatIds.map((id) => byId.get(id) ?? 'number');
  return meanings.length > 0 ? meanings : ['number'];
}
