import type { Arrival } from '../simulator/call-log';

/** The calls of one activity's chain, with the time that its turns spent in the sandbox. */
interface Chain {
  key: string;
  firstMs: number;
  lastMs: number;
  latencyMs: number;
  sandboxMs: number;
}

/** When something ran, in ms since the epoch. */
export interface Interval {
  from: number;
  until: number;
}

/**
 * The shortest time in which an epoch could have run with these very calls: in each step the slowest rollout, then the
 * slowest diagnosis, then accumulator and patcher, then the slowest rollout of each block of the gate, each as the sum of
 * its calls' latencies and its sandbox time.
 *
 * @param arrivals calls of the epoch as the simulated model saw them
 * @param sandboxMsByCall sandbox time of the turn that a call answered, by call id
 * @param gates when the gate of each step ran; none without a gate
 * @returns milliseconds
 */
export function criticalPathMs(
  arrivals: readonly Arrival[],
  sandboxMsByCall: ReadonlyMap<string, number>,
  gates: readonly Interval[],
): number {
  const chains = chainsOf(arrivals, sandboxMsByCall);
  const stage = (name: string, step: number): Chain[] => chains.filter(({ key }) => key.includes(`/${name}-s${step}-`));
  const executions = chains.filter(({ key }) => key.includes('/execute-'));
  const ofGate = gates.map(({ from, until }) =>
    executions.filter(({ firstMs }) => firstMs >= from && firstMs <= until),
  );
  const ofSteps = executions.filter((chain) => !ofGate.flat().includes(chain));
  const steps = Math.max(...chains.map(({ key }) => Number(/-s(\d+)-/.exec(key)?.[1] ?? 0)));
  let total = ofGate.flatMap(blocks).reduce((sum, block) => sum + longest(block), 0);
  let from = -Infinity;
  for (let step = 1; step <= steps; step += 1) {
    const accumulate = stage('accumulate', step);
    const until = Math.min(...accumulate.map(({ firstMs }) => firstMs));
    // A rollout belongs to the step whose record it was made for: it came after the patch before it.
    const rollouts = ofSteps.filter(({ firstMs }) => firstMs > from && firstMs < until);
    const patch = stage('patch', step);
    total += [rollouts, stage('diagnose', step), accumulate, patch].reduce((sum, chain) => sum + longest(chain), 0);
    from = Math.max(...patch.map(({ firstMs }) => firstMs));
  }
  return total;
}

/** A gate's rollouts by block: none of a block begins before the block before it has ended. */
function blocks(chains: readonly Chain[]): Chain[][] {
  const found: Chain[][] = [];
  let until = -Infinity;
  for (const chain of [...chains].sort((a, b) => a.firstMs - b.firstMs)) {
    if (chain.firstMs >= until) found.push([]);
    found.at(-1)?.push(chain);
    until = Math.max(until, chain.lastMs);
  }
  return found;
}

function longest(chains: readonly Chain[]): number {
  return Math.max(0, ...chains.map(({ latencyMs, sandboxMs }) => latencyMs + sandboxMs));
}

function chainsOf(arrivals: readonly Arrival[], sandboxMsByCall: ReadonlyMap<string, number>): Chain[] {
  const chains = new Map<string, Chain>();
  for (const { call, arrivedAtMs, endedAtMs } of arrivals) {
    const key = call.split('#')[0] ?? call;
    const chain = chains.get(key) ?? { key, firstMs: arrivedAtMs, lastMs: 0, latencyMs: 0, sandboxMs: 0 };
    chain.firstMs = Math.min(chain.firstMs, arrivedAtMs);
    chain.lastMs = Math.max(chain.lastMs, endedAtMs ?? arrivedAtMs);
    chain.latencyMs += (endedAtMs ?? arrivedAtMs) - arrivedAtMs;
    chain.sandboxMs += sandboxMsByCall.get(call) ?? 0;
    chains.set(key, chain);
  }
  return [...chains.values()];
}
