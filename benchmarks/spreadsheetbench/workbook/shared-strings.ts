import type { WorkbookBounds } from './bounds';
import type { PackageArchive } from './package-archive';
import { WorkbookError } from './workbook-error';
import { readXml } from './xml-reader';

/**
 * Collects the text of one `si` or `is` element: its own `t`, then those of its rich-text runs `r`; phonetic hints
 * (`rPh`) don't count. Of several own `t` the last one wins, as openpyxl has it.
 */
export function createTextCollector(container: 'si' | 'is') {
  let plain = '';
  let runs: string[] = [];
  let runText = '';
  return {
    start(): void {
      plain = '';
      runs = [];
      runText = '';
    },
    close(name: string, text: string, parent: string): void {
      if (name === 't' && parent === container) plain = text;
      else if (name === 't' && parent === 'r') runText = text;
      else if (name === 'r' && parent === container) {
        runs.push(runText);
        runText = '';
      }
    },
    text: (): string => plain + runs.join(''),
  };
}

/**
 * The shared strings, by index. openpyxl undoes the escape of an underscore (`_x005F_`) by dropping `x005F_`.
 * @throws WorkbookError as readXml, and `bound` for too many strings
 */
export function readSharedStrings(archive: PackageArchive, part: string, bounds: WorkbookBounds): string[] {
  const strings: string[] = [];
  const collector = createTextCollector('si');
  readXml(archive, part, bounds, {
    open(name) {
      if (name === 'si') collector.start();
    },
    close(name, text, parent) {
      if (name !== 'si') return collector.close(name, text, parent);
      if (strings.length >= bounds.sharedStrings) {
        throw new WorkbookError('bound', `${part} has more than ${bounds.sharedStrings} strings`);
      }
      strings.push(collector.text().replaceAll('x005F_', ''));
    },
  });
  return strings;
}
