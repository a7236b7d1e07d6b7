import { placeOf, textsOf, type Edit } from '../records/patch';
import { codeBlocks } from './code-blocks';

const shells = ['sh', 'bash', 'zsh', 'shell', 'console', 'powershell', 'ps1', 'bat', 'cmd'];
const program =
  '(?:sudo|curl|wget|bash|sh|zsh|npm|npx|pnpm|yarn|pip3?|apt(?:-get)?|brew|rm|mv|cp|cat|tee|chmod|chown|ssh|scp|nc|git|docker|' +
  'powershell|pwsh|python3?|node|deno|bun|perl|ruby|php|eval|exec|crontab)';
/** In inline code or after a prompt sign any argument makes a command; in running text one that looks like no word. */
const shellCommand = new RegExp(
  `(?:\`|^\\s*(?:[-*+]\\s+|\\d+[.)]\\s+)?[$>]\\s*)${program}\\s+\\S` +
    `|(?:^\\s*(?:[-*+]\\s+|\\d+[.)]\\s+)?|\\b(?:run|execute|with)\\s+)${program}\\s+(?:[-./~$"']|(?:add|ci|exec|install|push|run)\\b|\\S+(?:\\.\\w|://))`,
  'im',
);
/** A web address, also one without its scheme: a domain and a path below it. */
const webAddress =
  /\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.)[^\s<>()"'`]+|(?<![\w./@-])(?:[a-z0-9-]+\.)+[a-z]{2,}\/[\w%~-][^\s<>()"'`]*/gi;
const ownRules = [
  /\b(?:ignore|disregard|override|overrule|forget|bypass|circumvent)\b[^.\n]{0,60}\b(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|limits?|restrictions?|checks?)\b/i,
  /\b(?:system|developer|hidden)\s+(?:prompt|message|instructions?)\b/i,
  /\byou\s+are\s+(?:now|no\s+longer)\b/i,
  /\b(?:your|the\s+agent['’]?s?)\s+(?:own\s+)?(?:rules?|instructions?|guidelines?|permissions?|restrictions?|turn\s+limit)\b/i,
  /\b(?:use|call|invoke|avoid|skip|disable)\b[^.\n]{0,40}\b(?:your|the\s+agent['’]?s?)\s+tools?\b/i,
  /\b(?:do\s+not|don['’]t|never)\s+(?:tell|report|reveal|mention|admit|disclose)\b/i,
  /\b(?:activate_skill|read_reference|submit_patch|submit_diagnosis|submit_update)\b/i,
];

/** An edit that a person should look at, and why in one line. */
interface GuardedUpdate {
  edit: Edit;
  flag: string;
}

/**
 * Updates to guard: text from a task's data can reach a skill through a diagnosis, so each edit that adds a script, a web
 * address, a shell command, or an instruction to the agent about its own rules is named.
 *
 * @param known the texts of the package before the edits; what they say already is not flagged.
 */
export async function guardedUpdates(edits: readonly Edit[], known: readonly string[]): Promise<GuardedUpdate[]> {
  const updates: GuardedUpdate[] = [];
  const isNew = (text: string): boolean => !known.some((before) => before.includes(text));
  for (const edit of edits) {
    const flag = (what: string, found: string): void => {
      const excerpt = found.replace(/\s+/g, ' ').trim().slice(0, 120);
      updates.push({ edit, flag: `${edit.op} ${placeOf(edit)} adds ${what}: ${excerpt}` });
    };
    for (const text of textsOf(edit)) {
      if (edit.op.endsWith('-script')) {
        if (isNew(text)) flag('a script', text);
      } else {
        for (const { lang, value } of (await codeBlocks(text)).filter((code) => isNew(code.value))) {
          if (shells.includes(lang)) flag('shell commands', value);
          else flag(`a script${lang === '' ? '' : ` (${lang})`}`, value);
        }
      }
      const urls = text.matchAll(webAddress);
      for (const [url] of urls) if (isNew(url)) flag('a web address', url);
      const lines = text.split('\n').filter((line) => line.trim() !== '' && isNew(line.trim()));
      const command = lines.find((line) => shellCommand.test(line));
      if (command !== undefined) flag('a shell command', command);
      const rule = lines.find((line) => ownRules.some((sign) => sign.test(line)));
      if (rule !== undefined) flag("an instruction about the agent's own rules", rule);
    }
  }
  return updates;
}
