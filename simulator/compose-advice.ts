import type { Pattern } from '../records/momentum';
import { actionsIn, situationsIn } from './advice';
import { pick } from './draws';
import { pitfalls, type PitfallId } from './pitfalls';

/** What a pattern of the record says: when it holds and what to do, in its own words. */
export interface PatternAdvice {
  situation: string;
  action: string;
  /** The pitfall that both halves are about; null when they are about none or disagree. */
  pitfall: PitfallId | null;
}

/** Reads the advice out of a pattern: the condition its description opens with, and its action. */
export function adviceOf(pattern: Pattern): PatternAdvice {
  const condition = /^When ([^:]+):/.exec(pattern.description)?.[1] ?? '';
  const situation = condition === '' ? pattern.summary : condition;
  const [about] = situationsIn(situation);
  const [does] = actionsIn(pattern.action);
  return { situation, action: pattern.action, pitfall: about !== undefined && about === does ? about : null };
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** How a situation and an action become a sentence. */
export const adviceTemplates = [
  (situation: string, action: string): string => `When ${situation}, ${action}.`,
  (situation: string, action: string): string => `If ${situation}: ${action}.`,
  (situation: string, action: string): string => `${sentence(action)}; this holds whenever ${situation}.`,
];

/** Wordings tried before a rejected one is said again. */
export const maxWordings = 12;

/**
 * One of several wordings of the advice, chosen by `choice`, that is not among `rejected`. Both halves come from the
 * pattern; where one is a known wording, another of the same meaning may take its place.
 */
export function wordAdvice(advice: PatternAdvice, choice: string, rejected: ReadonlySet<string>): string {
  const [about] = situationsIn(advice.situation);
  const [does] = actionsIn(advice.action);
  let text = '';
  for (let attempt = 0; attempt < maxWordings; attempt += 1) {
    const situation = about === undefined ? advice.situation : pick(pitfalls[about].situations, choice, 's', attempt);
    const action = does === undefined ? advice.action : pick(pitfalls[does].actions, choice, 'a', attempt);
    text = pick(adviceTemplates, choice, 't', attempt)(situation.replace(/\.$/, ''), action.replace(/\.$/, ''));
    if (!rejected.has(text)) return text;
  }
  return text;
}
