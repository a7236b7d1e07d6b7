import { readFile } from 'node:fs/promises';
import ExcelJS from 'exceljs';
import { officialParts } from '../benchmarks/spreadsheetbench/comparison/official-position';
import type { Area } from '../benchmarks/spreadsheetbench/workbook/cell-address';
import { readWorkbook } from '../benchmarks/spreadsheetbench/workbook/read-workbook';
import { answerCells, sheetNamed } from './answer-cells';
import { assignPitfalls } from './assign-pitfalls';
import { readDataset, type DatasetTask } from './read-dataset';
import type { Assignment } from './solution-code';

/** A task with what a right answer to it is; read from the golden workbook, which only the simulator may look at. */
export interface TaskPlan {
  id: string;
  assignment: Assignment;
}

export interface TaskBook {
  size: number;
  /** The plan of the task with exactly this prompt; null for an unknown prompt or an answer that code can't write. */
  planFor(prompt: string): Promise<TaskPlan | null>;
}

/** Formulas of the golden's answer sheet by place. exceljs fails on some real files: these then have none. */
async function formulasOf(path: string, sheet: string): Promise<(row: number, column: number) => string | null> {
  try {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.readFile(path);
    const worksheet = workbook.getWorksheet(sheet);
    return (row, column) => {
      const formula = worksheet?.findCell(row, column)?.formula;
      return typeof formula === 'string' && formula !== '' ? formula : null;
    };
  } catch {
    return () => null;
  }
}

async function planOf(task: DatasetTask): Promise<TaskPlan | null> {
  const input = readWorkbook(await readFile(task.inputPath));
  const golden = readWorkbook(await readFile(task.goldenPath));
  const parts = officialParts(task.answerPosition);
  const [name, ...otherNames] = new Set(parts.map((part) => part.sheet ?? golden.sheets[0]?.name));
  const areas: Area[] = parts.flatMap((part) => ('area' in part.cells ? [part.cells.area] : []));
  if (name === undefined || otherNames.length > 0 || areas.length < parts.length) return null;
  const goldenSheet = sheetNamed(golden, name);
  if (goldenSheet === undefined) return null;

  const cells = answerCells(sheetNamed(input, name), goldenSheet, areas, await formulasOf(task.goldenPath, name));
  if (cells === null) return null;
  const target = input.sheets.findIndex((sheet) => sheet.name === name);
  const others = [...input.sheets.keys()].filter((index) => index !== target && target !== -1);
  const otherSheet = others[0] ?? null;
  return {
    id: task.id,
    assignment: { sheet: name, otherSheet, cells, pitfalls: assignPitfalls(task.id, cells, otherSheet) },
  };
}

/**
 * Opens the tasks of a folder in the published layout. Workbooks are read when a task is first asked for.
 * Throws when the folder or its `dataset.json` can't be read.
 */
export async function openTaskBook(dataDir: string): Promise<TaskBook> {
  const tasks = new Map((await readDataset(dataDir)).map((task) => [task.prompt, task]));
  const plans = new Map<string, Promise<TaskPlan | null>>();
  return {
    size: tasks.size,
    async planFor(prompt) {
      const task = tasks.get(prompt);
      if (task === undefined) return null;
      const plan = plans.get(prompt) ?? planOf(task);
      plans.set(prompt, plan);
      return plan;
    },
  };
}
