import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

const { IndexedValueType } = temporal.api.enums.v1;

/** Search attributes of a run, by Temporal's name of their type. */
export const searchAttributes = {
  SkillGradSkill: 'Keyword',
  SkillGradBenchmark: 'Keyword',
  SkillGradModel: 'Keyword',
  SkillGradStage: 'Keyword',
  SkillGradPaused: 'Keyword',
  SkillGradOrigin: 'Keyword',
  SkillGradEpoch: 'Int',
  SkillGradQuarantined: 'Int',
  SkillGradAccuracy: 'Double',
  SkillGradCostUsd: 'Double',
} as const;

const typeCodes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
};

export interface SearchAttributeCheck {
  /** All of them can be used. */
  available: boolean;
  /** What people should know; empty when all is well. */
  warnings: string[];
}

/**
 * Checks that the namespace knows our search attributes and registers the missing ones where the server lets us. Never
 * throws for a refusal: runs do without them, with a warning.
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<SearchAttributeCheck> {
  const wanted = Object.entries(searchAttributes);
  try {
    const known = (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
    const clashing = wanted.filter(([name, type]) => name in known && known[name] !== typeCodes[type]);
    if (clashing.length > 0) {
      const names = clashing.map(([name, type]) => `${name} (expected ${type})`).join(', ');
      return {
        available: false,
        warnings: [`Namespace ${namespace} has search attributes of another type: ${names}.`],
      };
    }
    const missing = wanted.filter(([name]) => !(name in known));
    if (missing.length > 0) {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, typeCodes[type]])),
      });
    }
    return { available: true, warnings: [] };
  } catch (error) {
    return {
      available: false,
      warnings: [
        `The server refused the search attributes (${(error as Error).message}); runs go on without them. ` +
          `To have them, register in namespace ${namespace}: ${wanted.map((pair) => pair.join('=')).join(' ')}`,
      ],
    };
  }
}

/** How long the embedded server keeps the history of closed runs. Its own default is one day. */
const retentionMs = 2160 * 3600 * 1000;

/** Raises the retention of closed workflows in the embedded server's namespace to 90 days. */
export async function ensureRetention(connection: Connection, namespace: string): Promise<void> {
  const described = await connection.workflowService.describeNamespace({ namespace });
  const current = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (current * 1000 >= retentionMs) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(retentionMs) },
  });
}
