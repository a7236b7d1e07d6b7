import { InvalidArgumentError } from 'commander';
import { impossibleSetting } from '../../activities/impossible-setting';
import { priceOf } from '../../agents/model/prices';
import { RunPlan } from '../../records/plan';
import type { RunResult } from '../../records/progress';
import type { ScheduleSettings } from '../../records/schedule';
import { fewestLosses } from '../../records/score-drop';
import type { Caps } from '../../records/usage';
import { openStore } from '../../store/artifact-store';
import type { Home } from '../../workers/home';
import { UserError } from '../terminal/user-error';

/** What `schedule create` is told. */
export interface CreateOptions {
  name?: string;
  cron: string[];
  timezone: string;
  onModelChange?: boolean;
  model?: string;
  level: number;
  minDrop: number;
  budgetUsd?: number;
  budgetCalls?: number;
  budgetTokens?: number;
  budgetHours?: number;
  optimise?: boolean;
  optimiseUsd?: number;
  optimiseCalls?: number;
  optimiseTokens?: number;
  optimiseHours?: number;
  catchUpHours: number;
  yes?: boolean;
}

/** Reads a share or a level, below 1; throws commander's error, which names the flag. */
export function share(zero: boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value < 1 && (zero ? value >= 0 : value > 0)) return value;
    throw new InvalidArgumentError(`Expected a number ${zero ? 'from' : 'above'} 0 and below 1.`);
  };
}

const nothing = 'Nothing was created.';

/**
 * The settings of a schedule over the delivery of a run.
 *
 * @throws UserError where the delivery can't be measured again, a drop could never be told, or money would flow without a cap
 */
export async function settingsOf(
  home: Home,
  { run, plan: planRef, finalSkill, heldOut }: RunResult,
  options: CreateOptions,
  searchable: boolean,
): Promise<{ settings: ScheduleSettings; benchmark: string }> {
  const plan = await (await openStore(home.store)).getJson(RunPlan, planRef);
  const { config, skillName } = plan;
  if (config.method === 'no-skill' || heldOut.rollouts === null) {
    throw new UserError(
      `Run ${run} measured no skill on held-out tasks: there is nothing to compare with. ${nothing}`,
      2,
    );
  }
  checkReach(heldOut.after, options);
  const model = options.model ?? config.models.executor;
  const caps = capsOf(options.budgetUsd, options.budgetCalls, options.budgetTokens, options.budgetHours);
  const optimise = optimiseOf(options, config.budget);
  checkCaps(caps, '--budget-usd, --budget-calls, --budget-tokens or --budget-hours', 'a look', options);
  const executor = priceOf(model, config.provider, config.prices);
  if (caps.costUsd !== null && executor === null) {
    throw new UserError(
      `--budget-usd: the price of ${model} is unknown, so that dollars can't be kept. Use --budget-calls. ${nothing}`,
      2,
    );
  }
  if (optimise !== null) {
    checkCaps(
      optimise,
      '--optimise-usd, --optimise-calls, --optimise-tokens or --optimise-hours',
      'an optimisation',
      options,
    );
    const prices = [executor, plan.prices.diagnoser, plan.prices.accumulator, plan.prices.patcher];
    if (optimise.costUsd !== null && prices.includes(null)) {
      throw new UserError(
        `--optimise-usd: not all prices are known to run ${run}. Use --optimise-calls. ${nothing}`,
        2,
      );
    }
    const impossible = impossibleSetting({ ...config, method: 'skillgrad' }, plan);
    if (impossible !== null) throw new UserError(`--optimise: ${impossible}. ${nothing}`, 2);
  }
  const name = options.name ?? run;
  const settings: ScheduleSettings = {
    ...{ name, origin: run, skillName, plan: planRef, skill: finalSkill, delivered: heldOut.rollouts, model },
    series: `${name}-${Date.now().toString(36)}`,
    onModelChange: options.onModelChange === true,
    rule: { level: options.level, minDrop: options.minDrop },
    ...{ caps, concurrency: config.concurrency, optimise, searchable },
  };
  return { settings, benchmark: config.benchmark };
}

/** A delivery that solved too few tasks can't do significantly worse. */
function checkReach({ solved, tasks }: RunResult['heldOut']['after'], { level, minDrop }: CreateOptions): void {
  const losses = fewestLosses(level);
  const delivery = `the delivery solved ${solved} of ${tasks} held-out tasks`;
  if (solved < losses) {
    throw new UserError(
      `--level ${level}: a drop takes at least ${losses} tasks lost and none won, and ${delivery}. Raise --level to ` +
        `${2 ** (1 - Math.max(1, solved))} or more, or optimise with more held-out tasks. ${nothing}`,
      2,
    );
  }
  if (solved < minDrop * tasks) {
    throw new UserError(`--min-drop ${minDrop}: ${delivery}; no drop can be as large. Lower it. ${nothing}`, 2);
  }
}

function capsOf(usd?: number, calls?: number, tokens?: number, hours?: number): Caps {
  return { costUsd: usd ?? null, calls: calls ?? null, tokens: tokens ?? null, hours: hours ?? null };
}

const isCapped = (caps: Caps): boolean => Object.values(caps).some((cap) => cap !== null);

function optimiseOf(options: CreateOptions, own: Caps): Caps | null {
  const caps = capsOf(options.optimiseUsd, options.optimiseCalls, options.optimiseTokens, options.optimiseHours);
  if (isCapped(caps)) return caps;
  return options.optimise === true ? own : null;
}

function checkCaps(caps: Caps, flags: string, what: string, { yes }: CreateOptions): void {
  if (isCapped(caps) || yes === true) return;
  throw new UserError(`Say what ${what} may spend, by ${flags}, or --yes for any amount. ${nothing}`, 2);
}
