import { addSpending, noSpending, toNanoUsd } from '../../records/usage';
import { isReused } from '../../store/reused-journal';
import type { CostRow, Costs } from './account';
import type { Happenings } from './happenings';
import * as payloads from './payloads';
import { callsOf, type Chain } from './journals';

/** At what stage of the run each scheduling of an activity was, by the owner that its claims name. */
export function stagesByOwner(all: readonly Happenings[]): Map<string, string> {
  const stages = new Map<string, string>();
  for (const { execution, input, schedulings } of all) {
    const purpose = execution.type === 'evaluate' ? payloads.EvaluateIn.safeParse(input).data?.purpose : undefined;
    for (const { owner, type } of schedulings) stages.set(owner, stageOf(execution.type, purpose, type));
  }
  return stages;
}

function stageOf(workflow: string, purpose: string | undefined, activity: string): string {
  if (purpose !== undefined) return purpose;
  if (workflow === 'optimize' && activity === 'patch') return 'one-shot';
  return activity === 'execute' ? 'training' : activity;
}

/**
 * Adds up every call in a run's journals, once each: what was answered at its price, what was lost at its bound.
 *
 * @param asked the model that each role was configured with
 */
export function costsOf(
  chains: readonly Chain[],
  stages: ReadonlyMap<string, string>,
  asked: Record<string, string>,
): Costs {
  const tables = {
    byRole: new Map<string, CostRow>(),
    byStage: new Map<string, CostRow>(),
    byModel: new Map<string, CostRow>(),
  };
  let total = noSpending;
  for (const chain of chains) {
    const owners = new Set(chain.claims.filter(({ owner }) => !isReused(owner)).map(({ owner }) => owner));
    for (const owner of owners) {
      for (const call of callsOf(chain, owner)) {
        total = addSpending(total, call.spending);
        enter(tables.byRole, chain.role, call);
        enter(tables.byStage, stages.get(owner) ?? 'elsewhere', call);
        enter(tables.byModel, call.model ?? `${asked[chain.role] ?? 'unknown'} (no answer kept)`, call);
      }
    }
  }
  return {
    total,
    byRole: rows(tables.byRole, ['executor', 'diagnoser', 'accumulator', 'patcher']),
    byStage: rows(tables.byStage, stageOrder),
    byModel: rows(tables.byModel, []),
  };
}

const stageOrder = [
  ...[
    'one-shot',
    'base',
    'training',
    'diagnose',
    'accumulate',
    'patch',
    'gate',
    'confirmation',
    'held-out',
    'elsewhere',
  ],
];

function enter(
  table: Map<string, CostRow>,
  name: string,
  { spending, lost }: ReturnType<typeof callsOf>[number],
): void {
  const row = table.get(name) ?? { name, calls: 0, lostCalls: 0, tokens: 0, costUsd: 0 };
  const { calls, tokens, costUsd } = spending;
  table.set(name, {
    name,
    calls: row.calls + calls,
    lostCalls: row.lostCalls + (lost ? 1 : 0),
    tokens: row.tokens + tokens,
    costUsd: row.costUsd === null || costUsd === null ? null : toNanoUsd(row.costUsd + costUsd),
  });
}

/** In the order given, then by name. */
function rows(table: Map<string, CostRow>, order: readonly string[]): CostRow[] {
  const place = ({ name }: CostRow): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...table.values()].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}
