import type { FileEntry } from '../records/artifact';
import { decodeText } from './frontmatter';
import { outline } from './outline';

/**
 * What each layer may hold: L1 routes, L2 is read for every task, an L3 file when its pointer's trigger fires.
 * Twelve sections are three for the workflow, eight for operations and one for pitfalls.
 */
export const layerBudgets = {
  descriptionWords: 50,
  bodyLines: 500,
  bodyTokens: 5_000,
  bodySections: 12,
  bodyCodeLines: 15,
  referenceTokens: 5_000,
};

/** One file over a budget of its layer. `size` in `unit`, so that growth can be told from what was there before. */
export interface Overrun {
  path: string;
  unit: 'lines' | 'tokens' | 'sections' | 'sections on pitfalls';
  size: number;
  problem: string;
  fix: string;
}

/** Budgets that the body and the Markdown references of a package exceed. */
export async function overruns(body: string, files: readonly FileEntry[]): Promise<Overrun[]> {
  const found: Overrun[] = [];
  const over = (path: string, size: number, limit: number, unit: Overrun['unit'], fix: string): void => {
    if (size <= limit) return;
    const what = path === 'SKILL.md' ? 'the body of SKILL.md' : path;
    found.push({ path, unit, size, problem: `${what} has ${size} ${unit}, at most ${limit}`, fix });
  };
  const lift = 'rewrite or merge instead of adding, or lift details into a reference';
  over('SKILL.md', body.trimEnd().split('\n').length, layerBudgets.bodyLines, 'lines', lift);
  over('SKILL.md', await tokensOf(body, layerBudgets.bodyTokens), layerBudgets.bodyTokens, 'tokens', lift);
  const sections = (await outline(body)).filter((node) => node.kind === 'section');
  const main = sections.filter(({ depth }) => depth === 2);
  over('SKILL.md', main.length, layerBudgets.bodySections, 'sections', 'merge sections instead of adding');
  const pitfalls = main.filter(({ title }) => /pitfall/i.test(title));
  over('SKILL.md', pitfalls.length, 1, 'sections on pitfalls', 'keep them in one');
  for (const { path, bytes } of files) {
    if (!path.startsWith('references/')) continue;
    const text = decodeText(bytes);
    if (text === null) continue;
    const tokens = await tokensOf(text, layerBudgets.referenceTokens);
    over(path, tokens, layerBudgets.referenceTokens, 'tokens', 'shorten it, or split it by trigger');
  }
  return found;
}

/** Tokens of a text; its bytes (never fewer) where that settles the verdict. */
async function tokensOf(text: string, limit: number): Promise<number> {
  const bytes = Buffer.byteLength(text);
  return bytes <= limit || bytes > 40 * limit ? bytes : countTokens(text);
}

/**
 * Tokens of a text, to size prompts and layers. Counted in stretches, since the tokenizer takes quadratic time over a long
 * run of one letter; a stretch's edge adds a token at most.
 */
export async function countTokens(text: string): Promise<number> {
  // Its tables take a moment to load, hence on first use.
  const tokenizer = await import('gpt-tokenizer/encoding/o200k_base');
  let tokens = 0;
  for (let at = 0; at < text.length; at += 2_000)
    tokens += tokenizer.countTokens(text.slice(at, at + 2_000), { disallowedSpecial: new Set() });
  // It remembers pieces of the text, each of which keeps the whole text in memory.
  tokenizer.clearMergeCache();
  return tokens;
}
