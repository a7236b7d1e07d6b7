import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { gateDefaults, type GatePolicy } from '../../records/gate';
import { GuardedPolicy, Method, ProfileName, SandboxBackend } from '../../records/run-config';
import { ScoreProtocol } from '../../records/score';
import { BenchmarkName } from '../../records/task';

/** A number as YAML has it, or a flag's text that is one; nothing else passes for a number. */
const number = <Schema extends z.ZodType<number>>(schema: Schema) =>
  z.preprocess((given) => (typeof given === 'string' && /^-?[\d.]/.test(given) ? Number(given) : given), schema);
/** A whole number within limits, and any number that `holds` takes; both say in words what they expect. */
const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => {
  const expected = `expected a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`;
  return number(z.number(expected).int(expected).min(least, expected).max(most, expected));
};
const real = (expected: string, holds: (value: number) => boolean) =>
  number(z.number(expected).refine(holds, { error: expected }));
const count = whole(1);
const positive = real('expected a number above 0', (value) => value > 0);
const policies = Object.keys(gateDefaults) as GatePolicy[];
const list = z
  .union([z.string(), z.array(z.string())], 'expected a text or a list of texts')
  .transform((value) => [value].flat());
const patience = z.coerce
  .string()
  .regex(/^([1-9]\d{0,8}|never)$/, 'expected a whole number from 1, or never')
  .transform((value) => (value === 'never' ? null : Number(value)));
const flag = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')],
  'expected true or false',
);
const folder = z.string('expected a folder').min(1, 'expected a folder');

const runNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens')
  .max(80, 'expected at most 80 characters');

/** Reads the flag that names a run; throws commander's error, which names the flag. */
export function checkRunName(text: string): string {
  const parsed = runNameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'not valid'}.`);
}

/** A setting of a run, as a flag (`--batch-size 4`) and as a key of a YAML file (`batch-size: 4`). */
interface Setting {
  schema: z.ZodType;
  /** Placeholder of the flag's value; null: the flag takes none. */
  value: string | null;
  help: string;
  /** May be given more than once. */
  many?: true;
}

/** All settings of a run by name. Flags, YAML keys and their checks come from this one table. */
export const runSettings = {
  skill: { schema: folder, value: 'DIR', help: 'folder of the skill package to optimise' },
  benchmark: { schema: BenchmarkName, value: 'NAME', help: `benchmark: ${BenchmarkName.options.join(', ')}` },
  data: { schema: folder, value: 'DIR', help: "folder of the benchmark's tasks" },
  model: { schema: list, value: 'NAME|role=NAME', help: 'model for all roles or for one', many: true },
  profile: { schema: ProfileName, value: 'NAME', help: `row of defaults: ${ProfileName.options.join(', ')}` },
  epochs: { schema: count, value: 'N', help: 'passes over the training tasks' },
  schedule: {
    schema: z.enum(['epoch', 'fixed-updates']),
    value: 'NAME',
    help: 'epoch: passes; fixed-updates: full batches',
  },
  updates: { schema: count, value: 'N', help: 'steps of --schedule fixed-updates' },
  'batch-size': { schema: count, value: 'N', help: 'tasks of a step' },
  'train-tasks': { schema: count, value: 'N', help: 'training tasks, taken from base failures' },
  'training-pool': { schema: count, value: 'N', help: 'tasks that base failures are looked for in' },
  'validation-tasks': { schema: whole(0), value: 'N', help: 'tasks of the gate' },
  'held-out-tasks': { schema: count, value: 'N', help: 'tasks of the final measurement' },
  concurrency: { schema: count, value: 'N', help: 'tasks at a time' },
  'max-turns': { schema: count, value: 'N', help: 'turns of the executor at most' },
  seed: { schema: whole(0), value: 'N', help: 'seed of all random choices' },
  gate: { schema: z.enum(policies), value: 'POLICY', help: `what accepts a patch: ${policies.join(', ')}` },
  'gate-tasks': {
    schema: whole(1, 1000),
    value: 'N',
    help: 'validation tasks of a comparison at most',
  },
  'gate-block': { schema: count, value: 'N', help: 'race: tasks between two looks' },
  'gate-accept': { schema: positive, value: 'N', help: 'race: lead in tasks that accepts' },
  'gate-refuse': {
    schema: real('expected a number below 0', (value) => value < 0),
    value: '-N',
    help: 'race: lead that refuses, negative',
  },
  'gate-margin': {
    schema: real('expected a number from 0 to below 1', (value) => value >= 0 && value < 1),
    value: 'SHARE',
    help: 'non-inferior: share of tasks it may be worse by',
  },
  'gate-level': {
    schema: real('expected a number between 0 and 1', (value) => value > 0 && value < 1),
    value: 'P',
    help: 'significant: two-sided level of the sign test',
  },
  'gate-samples': { schema: count, value: 'N', help: 'rollouts of each version on each task of the gate' },
  'no-confirmation': {
    schema: flag,
    value: null,
    help: 'deliver the best version without comparing it with the seed on fresh validation samples',
  },
  patience: { schema: patience, value: 'N|never', help: 'steps without an accepted patch before the run stops' },
  edits: {
    schema: z.coerce
      .string()
      .regex(
        /^([1-9]\d*(:[1-9]\d*(:(linear|cosine))?)?|unlimited)$/,
        'expected N, FIRST:LAST, FIRST:LAST:linear, FIRST:LAST:cosine or unlimited',
      ),
    value: 'N|FIRST:LAST|FIRST:LAST:CURVE',
    help: 'edits a step at most, at the first and the last step; linear or cosine (default); or `unlimited`',
  },
  guarded: {
    schema: GuardedPolicy,
    value: 'flag|refuse',
    help: 'what becomes of edits that add scripts, web addresses, shell commands or rules for the agent',
  },
  approve: {
    schema: z.enum(['patches', 'none']),
    value: 'patches|none',
    help: 'patches: each patch that the gate has accepted waits for `skillgrad approve`',
  },
  'approve-timeout': {
    schema: z
      .string()
      .regex(
        /^[1-9]\d{0,3}[mhd]=(accept|reject|pause)$/,
        'expected a time of at most four digits and what then, as 24h=reject',
      ),
    value: 'TIME=accept|reject|pause',
    help: 'what becomes of a patch that nobody reviews in time (m, h or d); pause: it waits on and says so',
  },
  baseline: {
    schema: Method.exclude(['skillgrad']),
    value: 'NAME',
    help: `measure a baseline instead: ${Method.exclude(['skillgrad']).options.join(', ')}`,
  },
  'slow-update': {
    schema: flag,
    value: null,
    help: 'consolidate the skill at the end of each epoch, gated like a patch',
  },
  'no-momentum': { schema: flag, value: null, help: 'ablation: no record of patterns from step to step' },
  'no-contrast': { schema: flag, value: null, help: 'ablation: diagnose failures only' },
  'flat-patch': { schema: flag, value: null, help: 'ablation: edit SKILL.md alone, without layers' },
  protocol: { schema: ScoreProtocol, value: 'NAME', help: `scoring protocol: ${ScoreProtocol.options.join(', ')}` },
  sandbox: { schema: SandboxBackend, value: 'NAME', help: `sandbox: ${SandboxBackend.options.join(', ')}` },
  'budget-usd': { schema: positive, value: 'N', help: 'cap on cost in USD; the run pauses there' },
  'budget-calls': { schema: count, value: 'N', help: 'cap on model calls' },
  'max-hours': { schema: positive, value: 'N', help: 'cap on hours of work; waits for people do not count' },
  'budget-tokens': { schema: count, value: 'N', help: 'cap on tokens' },
  price: {
    schema: list,
    value: 'MODEL=IN/OUT',
    help: 'USD per million tokens in and out of a model without a known price',
    many: true,
  },
  rpm: { schema: count, value: 'N', help: 'requests a minute at most' },
  tpm: { schema: count, value: 'N', help: 'tokens a minute at most' },
  'include-infeasible': { schema: flag, value: null, help: 'keep tasks that can never or always pass' },
  notify: { schema: list, value: 'COMMAND|URL', help: 'run or POST on pause, end and fault', many: true },
  run: {
    schema: runNameSchema,
    value: 'NAME',
    help: 'name of the run (default: skill and time)',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof runSettings;
export type RunSettings = { [Name in SettingName]?: z.output<(typeof runSettings)[Name]['schema']> };
