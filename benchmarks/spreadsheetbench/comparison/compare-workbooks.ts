import type { Mismatch, Score, ScoreProtocol } from '../../../records/score';
import { areaCells, cellKey, columnName, keyColumn, keyRow } from '../workbook/cell-address';
import type { Area } from '../workbook/cell-address';
import type { Sheet, Workbook } from '../workbook/cell-value';
import type { OpenArea, PositionPart } from './answer-position';
import { sameValue } from './comparable';
import { clip, describeUncalculated, describeValue } from './describe-value';
import { officialParts } from './official-position';
import { referenceParts } from './reference-position';

const maxMismatches = 20;

interface Tally {
  matched: number;
  total: number;
  mismatches: Mismatch[];
  uncalculated: number;
  firstUncalculated: string | null;
}

function note(tally: Tally, mismatch: Mismatch): void {
  if (tally.mismatches.length < maxMismatches) tally.mismatches.push(mismatch);
}

/**
 * Where the two sheets can differ in an area: its cells, or only those of them that either sheet stores where these are
 * fewer (a whole-column position and one far cell make an area of millions). Column by column, as the official
 * evaluator goes: its message names the first difference in this order.
 */
function* placesIn(area: Area, golden: Sheet, candidate: Sheet): Generator<[row: number, column: number]> {
  const { firstRow, lastRow, firstColumn, lastColumn } = area;
  if (areaCells(area) <= golden.cells.size + candidate.cells.size + candidate.uncalculated.size) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      for (let row = firstRow; row <= lastRow; row++) yield [row, column];
    }
    return;
  }
  const stored = new Set([...golden.cells.keys(), ...candidate.cells.keys(), ...candidate.uncalculated.keys()]);
  const places: [row: number, column: number][] = [];
  for (const key of stored) {
    const [row, column] = [keyRow(key), keyColumn(key)];
    const inside = row >= firstRow && row <= lastRow && column >= firstColumn && column <= lastColumn;
    if (inside) places.push([row, column]);
  }
  yield* places.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
}

function compareArea(golden: Sheet, candidate: Sheet, area: Area, tally: Tally): void {
  let differing = 0;
  for (const [row, column] of placesIn(area, golden, candidate)) {
    const key = cellKey(row, column);
    const [expected, got] = [golden.cells.get(key), candidate.cells.get(key)];
    const formula = candidate.uncalculated.get(key);
    const cell = `${golden.name}!${columnName(column)}${row}`;
    if (formula !== undefined) {
      tally.uncalculated += 1;
      tally.firstUncalculated ??= cell;
    }
    if (sameValue(expected, got)) continue;
    differing += 1;
    if (tally.mismatches.length >= maxMismatches) continue;
    const found = formula === undefined ? describeValue(got) : describeUncalculated(formula);
    note(tally, { cell, expected: describeValue(expected), got: found });
  }
  const cells = areaCells(area);
  tally.total += cells;
  tally.matched += cells - differing;
}

function closeArea(open: OpenArea, golden: Sheet, candidate: Sheet | undefined): Area {
  const rows = Math.max(golden.rows, candidate?.rows ?? 0);
  const columns = Math.max(golden.columns, candidate?.columns ?? 0);
  if ('columns' in open) {
    return { firstRow: 1, lastRow: rows, firstColumn: open.columns[0], lastColumn: open.columns[1] };
  }
  return { firstRow: open.rows[0], lastRow: open.rows[1], firstColumn: 1, lastColumn: columns };
}

/** A name is looked up as it is written; without one, `fallback` is the sheet. */
function findSheet(workbook: Workbook, name: string | null, fallback: string | undefined): Sheet | undefined {
  return workbook.sheets.find((sheet) => sheet.name === (name ?? fallback));
}

function comparePart(part: PositionPart, golden: Workbook, candidate: Workbook, protocol: ScoreProtocol, tally: Tally) {
  const fail = (mismatch: Mismatch, total: number): void => {
    tally.total += total;
    note(tally, mismatch);
  };
  const goldenFirst = golden.sheets[0]?.name;
  // Official: the golden's first sheet, by its name. Reference: each workbook's own first sheet.
  const candidateFirst = protocol === 'official' ? goldenFirst : candidate.sheets[0]?.name;
  const expected = findSheet(golden, part.sheet, goldenFirst);
  const got = findSheet(candidate, part.sheet, candidateFirst);
  const unreadable = (why: string) =>
    fail({ cell: part.text, expected: 'a range that the protocol can compare', got: why }, 1);

  if ('fault' in part.cells) return unreadable(part.cells.fault);
  if (!expected) {
    if (protocol === 'official') unreadable(`the golden has no sheet ${JSON.stringify(part.sheet)}`);
    return;
  }
  const area = 'area' in part.cells ? part.cells.area : closeArea(part.cells.open, expected, got);
  const cells = areaCells(area);
  if (protocol === 'official' && (expected.kind === 'chartsheet' || got?.kind === 'chartsheet')) {
    return unreadable('a chart sheet, which has no cells');
  }
  if (got) return compareArea(expected, got, area, tally);
  // Nothing to compare: the reference passes before it looks for the sheet, the official evaluator doesn't.
  if (cells === 0 && protocol === 'reference') return;
  const names = candidate.sheets.slice(0, 20).map((sheet) => JSON.stringify(clip(sheet.name)));
  fail(
    { cell: part.text, expected: `a sheet named ${JSON.stringify(expected.name)}`, got: `sheets ${names.join(', ')}` },
    Math.max(1, cells),
  );
}

/** Cells that an answer position names in a golden, at least 1; what a missing output is measured against. */
export function countAnswerCells(golden: Workbook, position: string, protocol: ScoreProtocol): number {
  return compareWorkbooks(golden, golden, position, protocol).total;
}

/**
 * Compares the cells of an answer position under a protocol.
 * @param position the task's `answer_position`, as published
 * @returns status `scored`, or `uncalculated` when the candidate has formulas without a cached value in that range
 */
export function compareWorkbooks(
  golden: Workbook,
  candidate: Workbook,
  position: string,
  protocol: ScoreProtocol,
): Score {
  const tally: Tally = { matched: 0, total: 0, mismatches: [], uncalculated: 0, firstUncalculated: null };
  const parts = protocol === 'official' ? officialParts(position) : referenceParts(position);
  for (const part of parts) comparePart(part, golden, candidate, protocol, tally);
  // A position that names no cell passes, and counts as one place.
  if (tally.total === 0) Object.assign(tally, { matched: 1, total: 1 });
  const { matched, total, mismatches, uncalculated } = tally;
  return {
    protocol,
    solved: matched === total,
    matched,
    total,
    partial: matched / total,
    mismatches,
    status: uncalculated > 0 ? 'uncalculated' : 'scored',
    detail:
      uncalculated > 0
        ? `${uncalculated} formula cells in the answer range have no calculated value, first ${tally.firstUncalculated}`
        : '',
  };
}
