import type { Answered } from '../records/stages';

/**
 * Adds what responses say of their models to what is known. A provider that starts to answer with another model changes
 * what is being measured, so that is a warning.
 */
export function noteModels(
  known: readonly Answered[],
  more: readonly Answered[],
): { answered: Answered[]; warnings: string[] } {
  const answered = [...known];
  for (const { asked, by } of more) {
    if (!answered.some((entry) => entry.asked === asked && entry.by === by)) answered.push({ asked, by });
  }
  const several = [...new Set(answered.map(({ asked }) => asked))].flatMap((asked) => {
    const names = answered.filter((entry) => entry.asked === asked).map(({ by }) => by);
    return names.length > 1 ? [`answers of model ${asked} came from several models: ${names.sort().join(', ')}`] : [];
  });
  return { answered, warnings: several };
}
