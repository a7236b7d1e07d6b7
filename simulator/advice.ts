import { harmfulAdvice, type HarmfulAdvice } from './harmful-advice';
import { PitfallId, pitfalls } from './pitfalls';

/** The statements of a Markdown text: list items and paragraphs, each on one line. Headings belong to none. */
export function statementsOf(markdown: string): string[] {
  const statements: string[] = [];
  let open = false;
  for (const raw of markdown.split('\n')) {
    const line = raw.trim();
    const item = /^(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line);
    if (line === '' || /^(#{1,6}\s|```|~~~|---$)/.test(line)) {
      open = false;
    } else if (item === null && open) {
      statements.push(`${statements.pop() ?? ''} ${line}`);
    } else {
      statements.push(item?.[1] ?? line);
      open = true;
    }
  }
  return statements;
}

const anyOf = (signs: readonly RegExp[], text: string): boolean => signs.some((sign) => sign.test(text));

/** Pitfalls whose situation the text describes. */
export function situationsIn(text: string): PitfallId[] {
  return PitfallId.options.filter((id) => anyOf(pitfalls[id].situationSigns, text));
}

/** Pitfalls whose remedy the text tells. */
export function actionsIn(text: string): PitfallId[] {
  return PitfallId.options.filter((id) => anyOf(pitfalls[id].actionSigns, text));
}

/** The harmful advice that a statement gives; a negation before it in the same sentence takes it back. */
export function harmIn(statement: string): HarmfulAdvice | null {
  for (const harm of harmfulAdvice) {
    const match = harm.sign.exec(statement);
    if (match === null) continue;
    const sentence = statement.slice(0, match.index).split(/[.;]/).at(-1) ?? '';
    if (!/\b(not|never|avoid|don't)\b/i.test(sentence)) return harm;
  }
  return null;
}

/** What a skill text does for whoever reads it. */
export interface SkillEffect {
  /** Pitfalls that it warns of: one statement names both the situation and the action. */
  avoided: Set<PitfallId>;
  harm: HarmfulAdvice[];
}

/** Reads the advice out of a skill text, statement by statement. */
export function effectOf(markdown: string): SkillEffect {
  const effect: SkillEffect = { avoided: new Set(), harm: [] };
  for (const statement of statementsOf(markdown)) {
    const harm = harmIn(statement);
    if (harm !== null) {
      effect.harm.push(harm);
      continue;
    }
    const actions = actionsIn(statement);
    for (const id of situationsIn(statement)) if (actions.includes(id)) effect.avoided.add(id);
  }
  return effect;
}
