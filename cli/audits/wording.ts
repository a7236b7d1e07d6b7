import type { ArtifactRef } from '../../records/artifact';
import type { GateConfig } from '../../records/gate';
import type { Phase } from './account';
import type { Block } from './document';
import { clockText, spanText } from './times';

/** Enough of a digest to know it by. */
export const short = (ref: ArtifactRef | null): string => (ref === null ? 'none' : ref.slice(7, 19));

/** What somebody wrote, behind a colon; nothing for an empty text. */
export const quoted = (text: string): string => (text === '' ? '' : `: “${text}”`);

/** A gate's rule in words. */
export function gateText(gate: GateConfig): string {
  switch (gate.policy) {
    case 'race': {
      const { block, maxTasks, acceptLead, refuseLead } = gate;
      return `race: blocks of ${block} up to ${maxTasks} tasks, accepts at +${acceptLead}, refuses at ${String(refuseLead).replace('-', '−')}`;
    }
    case 'strict':
      return `strict: more wins than losses over ${gate.maxTasks} tasks`;
    case 'non-inferior':
      return `non-inferior: at most ${gate.margin} below over ${gate.maxTasks} tasks`;
    case 'significant':
      return `significant at ${gate.level} over ${gate.maxTasks} tasks`;
    case 'none':
      return 'none: every patch is accepted';
    default:
      return gate satisfies never;
  }
}

/** A phase's heading: what, when, how long. */
export function sectionOf(
  text: string,
  { startedMs, endedMs }: Pick<Phase, 'startedMs' | 'endedMs'>,
  more = '',
): Block {
  return {
    kind: 'section',
    text,
    aside: [clockText(startedMs), spanText(startedMs, endedMs), ...(more === '' ? [] : [more])].join(' · '),
  };
}
