/**
 * Why a file can't be read as a workbook. `bound`: it exceeds a limit of WorkbookBounds; `zip`: not a zip archive or a
 * damaged one; `xml`: a part isn't well-formed, or has a document type; `part`: a part that must be there is missing;
 * `cell`: a cell that openpyxl refuses too; `format`: a valid package that is no transitional .xlsx.
 */
export type WorkbookFault = 'bound' | 'zip' | 'xml' | 'part' | 'cell' | 'format';

/** Names inside a hostile file can be megabytes long; the message goes into records and prompts. */
const longestMessage = 400;

/** A workbook that can't be read. The message names the part and the cause, never a host path or a time. */
export class WorkbookError extends Error {
  override readonly name = 'WorkbookError';
  constructor(
    readonly fault: WorkbookFault,
    message: string,
  ) {
    super(message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message);
  }
}
