import type { FileEntry } from '../../records/artifact';
import type { Edit } from '../../records/patch';

/** A package in memory, by path and text. */
export function skillFiles(texts: Record<string, string>): FileEntry[] {
  return Object.entries(texts).map(([path, text]) => ({ path, mode: 0o644, bytes: new TextEncoder().encode(text) }));
}

/** The text of a package's file; undefined where there is none. */
export function textIn(files: readonly FileEntry[], path = 'SKILL.md'): string | undefined {
  const file = files.find((entry) => entry.path === path);
  return file === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(file.bytes);
}

type Change = Edit extends infer One ? (One extends Edit ? Omit<One, 'pattern' | 'diagnoses'> : never) : never;

/** An edit that answers some pattern. */
export function edit(change: Change): Edit {
  return { ...change, pattern: 'dates-as-text', diagnoses: ['d1'] } as Edit;
}

export const head = '---\nname: sheets\ndescription: Edits workbooks as asked.\n---\n';

export const sample = `${head}
# Workbooks

Read first.

## Planning

- look at the sheet
- state the change

## Common Pitfalls

* dates may be text
* headers may be low
  and long

Closing words.

### Rare ones

1. merged cells
2. hidden rows
`;
