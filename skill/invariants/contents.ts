import { isFileEdit, textsOf, type Edit } from '../../records/patch';
import { codeBlocks, type CodeBlock } from '../code-blocks';
import { decodeText } from '../frontmatter';
import { saidLines } from '../markdown';
import { outline } from '../outline';
import { languageOf, parseCode } from '../parse-code';
import { editOfFile, thirdLayer, violation, type Change, type Violation } from './change';
import { holdsValue } from '../task-values';

/** A patch that leaves less than this share of the body's lines standing is a redraft. */
const leastKept = 0.5;
/** Bodies shorter than this may be rewritten whole: there is nothing to lose yet. */
const redraftLines = 12;

/** No value of a task in L1 or L2, unless the package knew it before. */
export function valueViolations({ old, edits }: Change, taskValues: readonly string[]): Violation[] {
  const known = old.files.flatMap(({ bytes }) => decodeText(bytes) ?? []);
  return edits.flatMap((edit) => {
    if (isFileEdit(edit)) return [];
    const texts = textsOf(edit);
    const isNew = (value: string): boolean => !known.some((text) => holdsValue(text, value));
    const hit = taskValues.find((value) => texts.some((text) => holdsValue(text, value)) && isNew(value));
    return hit === undefined ? [] : [{ message: `"${hit}" is a value of a task; say it in general terms`, edit }];
  });
}

/** No redraft of the whole body: at least half of its lines stay, there or in a reference. */
export async function redraftViolations({ old, next }: Change): Promise<Violation[]> {
  // A move may change markers and indentation.
  const lines = saidLines(old.body);
  if ((await outline(old.body)).length > 0 && next.body.trim() === '') {
    return [{ message: 'nothing of the body is left; edit sections and items instead of deleting them all' }];
  }
  if (lines.length < redraftLines) return [];
  const left = new Set([next.body, ...thirdLayer(next).values()].flatMap(saidLines));
  const kept = lines.filter((line) => left.has(line)).length;
  if (kept >= lines.length * leastKept) return [];
  return [
    { message: `only ${kept} of ${lines.length} lines of the body are left: no wholesale redraft; edit less at once` },
  ];
}

/** Code of L3 in JavaScript or Python, new or changed, must parse. `flags` say what could not be checked. */
export async function codeViolations({ old, next, edits }: Change): Promise<{ found: Violation[]; flags: string[] }> {
  const known = new Set((await codeOfThirdLayer(old)).map(({ code }) => code.value));
  const found: Violation[] = [];
  const flags: string[] = [];
  for (const { path, code } of await codeOfThirdLayer(next)) {
    const language = languageOf(code.lang);
    if (language === null || known.has(code.value)) continue;
    const problem = await parseCode(language, code.value);
    if (problem === null) continue;
    if (problem === 'unchecked') {
      flags.push(`${path} has Python code that was not parsed: there is no python3 here`);
      continue;
    }
    const line = code.line + problem.line - 1;
    const message = `the ${code.lang} code in ${path} does not parse, line ${line}: ${problem.message}; send code that runs as it is`;
    found.push(violation(message, editOfCode(path, code, edits)));
  }
  return { found, flags };
}

function editOfCode(path: string, { value }: CodeBlock, edits: readonly Edit[]): Edit | undefined {
  const inFile = edits.filter((edit) => 'path' in edit && edit.path === path);
  return inFile.find((edit) => textsOf(edit).some((text) => text.includes(value))) ?? editOfFile(path, edits);
}

/** The code of references, block by block, and of scripts, whole. */
async function codeOfThirdLayer({ files }: Change['next']): Promise<{ path: string; code: CodeBlock }[]> {
  const found: { path: string; code: CodeBlock }[] = [];
  for (const [path, text] of thirdLayer({ files })) {
    if (path.startsWith('scripts/')) {
      found.push({ path, code: { lang: path.slice(path.lastIndexOf('.') + 1), value: text, line: 1 } });
    } else if (path.startsWith('references/') && path.endsWith('.md')) {
      found.push(...(await codeBlocks(text)).map((code) => ({ path, code })));
    }
  }
  return found;
}
