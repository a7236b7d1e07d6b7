/** The examples at the end of a command's help: what is typed, and what it does. */
export function examples(...lines: [command: string, meaning: string][]): string {
  return `\nExamples:\n${lines.map(([command, meaning]) => `  $ skillgrad ${command}\n      ${meaning}`).join('\n')}`;
}
