import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { costOf } from '../../agents/model/prices';
import { addSpending, noSpending, type Spending } from '../../records/usage';
import { canonicalJson, type ArtifactStore } from '../../store/artifact-store';
import { readIfThere } from '../../store/durable-files';
import { runOfName, takeInventory } from '../../store/inventory';
import { problemOfName } from '../../store/named-objects';
import { fileOfName } from '../../store/places';
import { requiredBy } from '../../store/references';
import { artifactChecker, damageBelow } from '../../store/verify-store';
import { countText } from '../terminal/sizes';
import type { AuditedRun } from './build-account';
import { checkDecisions } from './check-decisions';
import { checkRecords } from './check-records';
import { callsOf } from './journals';
import * as payloads from './payloads';

/** What a check looked at, and each thing that isn't as it must be. */
export interface CheckedRun {
  artifacts: number;
  objects: number;
  histories: number;
  discrepancies: string[];
}

/**
 * Verifies a run's account: all digests below its histories and objects, and that what is recorded in several places
 * agrees: costs, verdicts, the way of the skill's version, trajectories and their journals.
 */
export async function checkRun(store: ArtifactStore, audited: AuditedRun): Promise<CheckedRun> {
  const { happenings, problems } = audited;
  const { looked, objects, damage } = await checkDigests(store, audited);
  return {
    artifacts: looked,
    objects,
    histories: happenings.length,
    discrepancies: [
      ...problems,
      ...damage,
      ...checkCosts(audited),
      ...checkDecisions(audited),
      ...(await checkRecords(store, audited)),
    ],
  };
}

async function checkDigests(
  store: ArtifactStore,
  { account: { run }, happenings, problems }: AuditedRun,
): Promise<{ looked: number; objects: number; damage: string[] }> {
  const damage: string[] = [];
  const roots = happenings.map(({ execution: { workflowId, events } }) => ({
    owner: `the history of ${workflowId}`,
    run,
    required: requiredBy(Buffer.from(historyToJSON({ events }))),
  }));
  const names = [...(await takeInventory(store.root)).named.keys()].filter((name) => runOfName(name) === run);
  for (const name of names) {
    const bytes = await readIfThere(fileOfName(store.root, name));
    const problem = bytes === null ? null : problemOfName(name, bytes);
    // A damaged copy of a history has been named already.
    if (problems.some((told) => told.startsWith(`object ${name} `))) continue;
    if (problem !== null) damage.push(`object ${name}: ${problem}`);
    else if (bytes !== null) roots.push({ owner: `object ${name}`, run, required: requiredBy(bytes) });
  }
  const seen = new Set<string>();
  const look = artifactChecker(store);
  const damaged = await damageBelow(roots, (ref) => {
    seen.add(ref);
    return look(ref);
  });
  for (const { what, problem } of damaged.values()) damage.push(`${what}: ${problem}`);
  return { looked: seen.size, objects: names.length, damage };
}

/** Every scheduling's cost against its journal, every turn's against its price, and the sum against the result's. */
function checkCosts({ account, happenings, chains }: AuditedRun): string[] {
  const found: string[] = [];
  for (const { schedulings } of happenings) {
    for (const { owner, type, workflowId, result, failureDetails } of schedulings) {
      const said = payloads.Spent.safeParse(result ?? failureDetails);
      if (!said.success) continue;
      const journaled = chains
        .flatMap((chain) => callsOf(chain, owner))
        .reduce((sum, { spending }) => addSpending(sum, spending), noSpending);
      if (same(journaled, said.data.spending)) continue;
      const place = `${type} of ${workflowId} (activity ${owner.split('/').at(-1)})`;
      found.push(`${place} said that it spent ${text(said.data.spending)}, its journal has ${text(journaled)}`);
    }
  }
  const prices = account.inputs?.content.prices;
  for (const { key, role, turns } of chains) {
    for (const { turn, spending } of turns) {
      if (prices === undefined) continue;
      const { inputTokens, outputTokens } = turn.usage;
      const expected = { calls: 1, tokens: inputTokens + outputTokens, costUsd: costOf(turn.usage, prices[role]) };
      if (same(expected, spending)) continue;
      found.push(`journal ${key}, turn ${turn.turn}: booked ${text(spending)}, its usage comes to ${text(expected)}`);
    }
  }
  const rewound = account.incidents.some(({ kind }) => kind === 'rewind');
  // Nobody said what an activity had spent that was called off with its worker away.
  const isUnsaid = happenings
    .flatMap(({ schedulings }) => schedulings)
    .some((one) => one.failure?.type === 'attempt.cancelled' && !payloads.Spent.safeParse(one.failureDetails).success);
  const { result, cancelled, costs } = account;
  const said = result ?? (isUnsaid ? null : cancelled);
  if (said !== null && !rewound && !same(said.spending, costs.total)) {
    const record = result === null ? 'what was kept' : 'the result';
    found.push(`${record} says ${text(said.spending)} were spent, the journals come to ${text(costs.total)}`);
  }
  return found;
}

const same = (a: Spending, b: Spending): boolean => canonicalJson(a) === canonicalJson(b);

const text = ({ calls, tokens, costUsd }: Spending): string =>
  `${countText(calls, 'call')}, ${countText(tokens, 'token')}, ${costUsd === null ? 'an unknown cost' : `$${costUsd}`}`;
