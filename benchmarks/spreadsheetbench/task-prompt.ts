import type { DatasetEntry } from './dataset';

/** Name of the workbook in the work directory: the published names contain the task's id, which no prompt may show. */
export const inputName = 'input.xlsx';

/** Where the agent must leave its result. */
export const outputName = 'output.xlsx';

/** The user message of a task: all that the agent is told of it. It is what the simulated model knows a task by. */
export function taskPrompt(entry: Pick<DatasetEntry, 'instruction' | 'instruction_type' | 'answer_position'>): string {
  return [
    `The workbook \`${inputName}\` in the work directory comes with this request:`,
    '',
    entry.instruction.trim(),
    '',
    `Kind of task: ${entry.instruction_type.trim()}`,
    `Answer position: ${entry.answer_position}`,
    '',
    `Carry out the request so that the answer stands in the cells of the answer position, and save the whole workbook ` +
      `as \`${outputName}\` in the work directory. Leave \`${inputName}\` as it is.`,
  ].join('\n');
}
