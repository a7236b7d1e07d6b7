import type { Arrival } from '../simulator/call-log';

/** The calls of one activity's chain, with the time that its turns spent in the sandbox. */
interface Chain {
  key: string;
  firstMs: number;
  latencyMs: number;
  sandboxMs: number;
}

/**
 * The shortest time in which an epoch could have run with these very calls: in each step the slowest rollout, then the
 * slowest diagnosis, then accumulator and patcher, each as the sum of its calls' latencies and its sandbox time.
 *
 * @param arrivals calls of the epoch as the simulated model saw them
 * @param sandboxMsByCall sandbox time of the turn that a call answered, by call id
 * @returns milliseconds
 */
export function criticalPathMs(arrivals: readonly Arrival[], sandboxMsByCall: ReadonlyMap<string, number>): number {
  const chains = chainsOf(arrivals, sandboxMsByCall);
  const stage = (name: string, step: number): Chain[] => chains.filter(({ key }) => key.includes(`/${name}-s${step}-`));
  const executions = chains.filter(({ key }) => key.includes('/execute-'));
  const steps = Math.max(...chains.map(({ key }) => Number(/-s(\d+)-/.exec(key)?.[1] ?? 0)));
  let total = 0;
  let from = -Infinity;
  for (let step = 1; step <= steps; step += 1) {
    const accumulate = stage('accumulate', step);
    const until = Math.min(...accumulate.map(({ firstMs }) => firstMs));
    // A rollout belongs to the step whose record it was made for: it came after the patch before it.
    const rollouts = executions.filter(({ firstMs }) => firstMs > from && firstMs < until);
    const patch = stage('patch', step);
    total += [rollouts, stage('diagnose', step), accumulate, patch].reduce((sum, chain) => sum + longest(chain), 0);
    from = Math.max(...patch.map(({ firstMs }) => firstMs));
  }
  return total;
}

function longest(chains: readonly Chain[]): number {
  return Math.max(0, ...chains.map(({ latencyMs, sandboxMs }) => latencyMs + sandboxMs));
}

function chainsOf(arrivals: readonly Arrival[], sandboxMsByCall: ReadonlyMap<string, number>): Chain[] {
  const chains = new Map<string, Chain>();
  for (const { call, arrivedAtMs, endedAtMs } of arrivals) {
    const key = call.split('#')[0] ?? call;
    const chain = chains.get(key) ?? { key, firstMs: arrivedAtMs, latencyMs: 0, sandboxMs: 0 };
    chain.firstMs = Math.min(chain.firstMs, arrivedAtMs);
    chain.latencyMs += (endedAtMs ?? arrivedAtMs) - arrivedAtMs;
    chain.sandboxMs += sandboxMsByCall.get(call) ?? 0;
    chains.set(key, chain);
  }
  return [...chains.values()];
}
