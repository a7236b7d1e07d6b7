import type { Diagnosis } from '../records/diagnosis';
import type { MomentumRecord, MomentumUpdate, Sighting, Success, Theme } from '../records/momentum';

/** Successes that later batches may draw on: the latest. */
const rememberedSuccesses = 30;

/** The successes that the record remembers after a batch, oldest first. */
export function rememberSuccesses(record: MomentumRecord, diagnoses: readonly Diagnosis[], step: number): Success[] {
  const fresh = diagnoses
    .filter(({ kind }) => kind === 'contrastive')
    .map(({ ordinal, proposal }) => ({
      at: `${step}/${ordinal}`,
      label: proposal.label,
      thinking: proposal.skippedStep,
    }));
  return [...record.successes, ...fresh].slice(-rememberedSuccesses);
}

/**
 * The themes that stand after an update. A new one must recur: in two successes of this batch, or in one of them and an
 * earlier one that the record knows. One that the record holds may be kept as it is. What does not stand is told among
 * the problems and left out.
 */
export function standingThemes(
  record: MomentumRecord,
  update: MomentumUpdate,
  diagnoses: readonly Diagnosis[],
  step: number,
  problems: string[],
): Theme[] {
  const batch = diagnoses.filter(({ kind }) => kind === 'contrastive').map(({ ordinal }) => `${step}/${ordinal}`);
  const known = new Set([...batch, ...record.successes.map(({ at }) => at)]);
  const themes = new Map<string, Theme>();
  for (const proposed of update.themes) {
    const theme = proposed.theme.replace(/\s+/g, ' ').trim();
    if (theme === '') continue;
    const name = JSON.stringify(theme);
    const earlier = record.themes.find((one) => one.theme === theme);
    const cited = proposed.successes.map((cite): Sighting => (cite.includes('/') ? cite : `${step}/${cite}`));
    const kept = new Set(earlier?.successes);
    const strange = cited.filter((cite) => !known.has(cite) && !kept.has(cite));
    if (strange.length > 0) {
      problems.push(
        `theme ${name}: ${strange.join(', ')} ${strange.length === 1 ? 'is no success' : 'are no successes'}`,
      );
    }
    const fresh = cited.filter((cite) => known.has(cite));
    const successes = [...new Set([...kept, ...(themes.get(theme)?.successes ?? []), ...fresh])];
    if (earlier === undefined && (successes.length < 2 || !fresh.some((cite) => batch.includes(cite)))) {
      problems.push(
        batch.length === 0
          ? `theme ${name}: this batch has no success to draw a new theme from; keep earlier ones or none`
          : `theme ${name}: cite two successes of this batch (${batch.join(', ')}), or one of them and an earlier one`,
      );
    } else themes.set(theme, { theme, successes });
  }
  return [...themes.values()];
}
