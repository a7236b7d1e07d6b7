import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { differences, measuredGates, operatingCharacteristics, type Characteristic } from './operating-characteristics';

/** The table of docs/gate.md: a row a gate, a column a true difference; in each, P(accept) and the mean tasks used. */
function table(rows: readonly Characteristic[]): string {
  const signed = (difference: number): string =>
    difference > 0 ? `+${difference}` : `${difference}`.replace('-', '−');
  const header = ['gate', ...differences.map(signed)];
  const lines = measuredGates.map(({ name }) => [
    name,
    ...differences.map((difference) => {
      const cell = rows.find((row) => row.gate === name && row.difference === difference);
      return cell === undefined ? '' : `${cell.accepted.toFixed(2)} (${cell.tasks.toFixed(1)})`;
    }),
  ]);
  return [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Prints how often each gate accepts, by true difference; `--json FILE` writes it too. Another seed plays it anew. */
function main(): void {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      comparisons: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '0' },
    },
  });
  const { seed } = values;
  const comparisons = Number(values.comparisons);
  if (!Number.isInteger(comparisons) || comparisons < 1) {
    throw new Error(`--comparisons: expected a whole number from 1, got "${values.comparisons}"`);
  }
  const rows = operatingCharacteristics(measuredGates, comparisons, seed);
  console.log(`P(accept) and, in brackets, the mean number of tasks used, by the true difference of the solve rate;`);
  console.log(`${comparisons.toLocaleString('en')} simulated comparisons a cell, seed ${seed}\n`);
  console.log(table(rows));
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ seed, comparisons, rows }, null, 2)}\n`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
