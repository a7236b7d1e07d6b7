import { placeOf, textsOf, type Edit } from '../records/patch';
import { codeBlocks } from './code-blocks';

const shells = ['sh', 'bash', 'zsh', 'shell', 'console', 'powershell', 'ps1', 'bat', 'cmd'];
const shellCommand =
  /(?:^|[`$>]\s*|\b(?:run|execute|with)\s+`?)(?:sudo|curl|wget|bash|sh|zsh|npm|npx|pip3?|apt(?:-get)?|brew|rm|chmod|chown|ssh|scp|nc|git|docker|powershell)\s+[-\w./"'$~]/im;
const ownRules = [
  /\b(?:ignore|disregard|override|overrule|forget|bypass|circumvent)\b[^.\n]{0,60}\b(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|limits?|restrictions?|checks?)\b/i,
  /\b(?:system|developer|hidden)\s+(?:prompt|message|instructions?)\b/i,
  /\byou\s+are\s+(?:now|no\s+longer)\b/i,
  /\b(?:your|the\s+agent['’]?s?)\s+(?:own\s+)?(?:rules?|instructions?|guidelines?|permissions?|restrictions?|turn\s+limit|tools?)\b/i,
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
      const urls = text.matchAll(/\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.)[^\s<>()"'`]+/gi);
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
