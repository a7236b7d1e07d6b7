import pc from 'picocolors';

/** Where a command's words go. With `--json`, stdout carries JSON alone and stderr notes and warnings. */
export interface Output {
  json: boolean;
  /** Lines for people; none with `--json`. */
  text(line: string): void;
  /** What goes on in the background; always on stderr, so that stdout can be piped. */
  note(line: string): void;
  warn(line: string): void;
  /** The command's result: one JSON document with `--json`, nothing without. */
  data(value: unknown): void;
}

/** The terminal as an `Output`. */
export function terminal(options: { json?: boolean | undefined }): Output {
  const json = options.json === true;
  return {
    json,
    text: (line) => {
      if (!json) process.stdout.write(`${line}\n`);
    },
    note: (line) => process.stderr.write(`${pc.isColorSupported ? pc.dim(line) : line}\n`),
    warn: (line) => process.stderr.write(`${pc.yellow('warning:')} ${line}\n`),
    data: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
  };
}
