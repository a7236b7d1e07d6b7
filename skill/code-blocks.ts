import { nestingLimits, nestingOf, parseBlocks, type Block } from './markdown';

/** Code between fence lines; `lang` as written after the fence, in lower case, '' where there is none. */
export interface CodeBlock {
  lang: string;
  value: string;
  /** Line of the text on which the code's first line stands, from 1. */
  line: number;
}

/** The code blocks of a Markdown text, those in lists and quotes too; none where those lie too deep to be parsed. */
export async function codeBlocks(text: string): Promise<CodeBlock[]> {
  if (nestingOf(text) > nestingLimits.body) return [];
  return codeIn((await parseBlocks(text)).blocks);
}

function codeIn(blocks: readonly object[]): CodeBlock[] {
  return blocks.flatMap((node) => {
    const block = node as Block;
    if (block.type === 'code') {
      const lang = (block.lang ?? '').toLowerCase();
      return [{ lang, value: block.value, line: (block.position?.start.line ?? 0) + 1 }];
    }
    return 'children' in block ? codeIn(block.children) : [];
  });
}
