import type { FileEntry } from '../records/artifact';
import { decodeText } from './frontmatter';
import { countTokens } from './layer-budgets';
import { outline } from './outline';
import { parseSkill } from './parse';
import { mentions, pointerIn, type Pointer } from './pointers';

/** A part of the body that edits can name. */
interface Part {
  anchor: string;
  kind: 'section' | 'item' | 'paragraph' | 'code';
  title: string;
}

/** A file of the third layer. */
interface LayerFile {
  path: string;
  bytes: number;
  /** null: not text. */
  tokens: number | null;
  /** When to read it and when not; null where no pointer says so. */
  pointer: Pointer | null;
  /** Whether the body names it at all. */
  named: boolean;
}

/** A package by layers, with sizes in tokens. */
export interface Layers {
  name: string;
  description: string;
  frontmatter: { tokens: number };
  body: { tokens: number; lines: number; parts: Part[] };
  files: LayerFile[];
}

/**
 * Describes a package by its three layers, sizes counted with the o200k_base encoding.
 *
 * @throws SkillError when it can't be loaded at all.
 */
export async function describeLayers(files: readonly FileEntry[], folder: string): Promise<Layers> {
  const { name, description, text, body, bodyStart } = parseSkill(files, folder, 'lenient');
  const parts = (await outline(body)).map(({ anchor, kind, title }) => ({ anchor, kind, title }));
  const others: LayerFile[] = [];
  for (const { path, bytes } of files) {
    if (path === 'SKILL.md') continue;
    const decoded = decodeText(bytes);
    const tokens = decoded === null || decoded.includes('\0') ? null : await countTokens(decoded);
    others.push({ path, bytes: bytes.length, tokens, pointer: pointerIn(body, path), named: mentions(body, path) });
  }
  const lines = body === '' ? 0 : body.trimEnd().split('\n').length;
  return {
    name,
    description,
    frontmatter: { tokens: await countTokens(text.slice(0, bodyStart)) },
    body: { tokens: await countTokens(body), lines, parts },
    files: others,
  };
}
