import type { Price, RunPlan } from '../../records/plan';
import { originText } from '../runs/origin';
import { countText } from '../terminal/sizes';
import { budgetText, costText, duration, spendingText } from '../terminal/progress-text';
import type { Account, CostRow } from './account';
import type { Block } from './document';
import { noticesOf } from './notices';
import { phaseBlocks } from './phase-blocks';
import { clockText, dateText, spanText, untilText } from './times';
import { gateText, quoted, short } from './wording';

/** A run's account as a document: inputs, each phase in order of time, costs, histories. */
export function auditDocument(account: Account): Block[] {
  const { phases, incidents } = account;
  return [
    ...heading(account),
    ...inputBlocks(account),
    ...phases.flatMap((phase, index) => {
      const from = index === 0 ? -Infinity : phase.startedMs;
      const next = phases[index + 1]?.startedMs ?? Infinity;
      const within = incidents.filter(({ atMs }) => atMs >= from && atMs < next);
      return phaseBlocks(phase, account, noticesOf(within, account.run));
    }),
    ...(phases.length === 0 ? noticesOf(incidents, account.run) : []),
    ...costBlocks(account),
    ...historyBlocks(account),
  ];
}

function heading(account: Account): Block[] {
  const { run, status, startedMs, endedMs, startedBy, incidents, result } = account;
  const count = (kinds: string[]): number => incidents.filter(({ kind }) => kinds.includes(kind)).length;
  const counts = [
    [count(['control']), 'control'],
    [count(['pause']), 'pause'],
    [count(['retry']), 'retried activity', 'retried activities'],
    [count(['fault', 'failed']), 'fault'],
    [count(['called-off']), 'activity called off', 'activities called off'],
    [count(['continued-as-new']), 'continuation as new', 'continuations as new'],
    [count(['rewind']), 'rewind'],
  ] as const;
  const happened = counts.filter(([number]) => number > 0).map(([number, one, many]) => countText(number, one, many));
  const took = endedMs === null ? 'under way' : duration(endedMs - startedMs);
  return [
    {
      kind: 'title',
      text: `Audit of run ${run}`,
      aside: `${status.toLowerCase()} · ${dateText(startedMs)} – ${endedMs === null ? 'now' : untilText(startedMs, endedMs)} UTC (${took}) · started by ${startedBy}`,
    },
    ...(happened.length === 0 ? [] : [{ kind: 'notices' as const, lines: [happened.join(', ')] }]),
    ...cancelledRows(account),
    ...quarantineRows(account),
    ...(result === null
      ? []
      : [
          {
            kind: 'facts' as const,
            rows: [
              [
                'Delivered',
                `skill ${short(result.finalSkill)}${result.finalSkill === result.seedSkill ? ', the seed' : ''}`,
              ],
              [
                'Held out',
                `${result.heldOut.before.solved} → ${result.heldOut.after.solved} of ${result.heldOut.after.tasks} solved`,
              ],
              ['Spent', spendingText(result.spending)],
            ] as [string, string][],
          },
        ]),
  ];
}

function cancelledRows({ cancelled }: Account): Block[] {
  if (cancelled === null) return [];
  const { by, stage, skill, momentum, spending, steps } = cancelled;
  return [
    {
      kind: 'facts',
      rows: [
        ['Cancelled', `${stage}, ${by === null ? 'on the server' : `by ${by.by}`}${quoted(by?.note ?? '')}`],
        ['Kept', `skill ${short(skill)}, record ${short(momentum)}, ${countText(steps.length, 'step')}`],
        ['Spent', spendingText(spending)],
      ],
    },
  ];
}

function quarantineRows({ quarantined }: Account): Block[] {
  if (quarantined.length === 0) return [];
  return [
    {
      kind: 'facts',
      rows: [
        ['In quarantine', countText(quarantined.length, 'task')],
        ...quarantined.map(({ taskId, reason }): [string, string] => [`Task ${taskId}`, reason]),
      ],
    },
  ];
}

function inputBlocks({ inputs }: Account): Block[] {
  if (inputs === null) {
    return [
      { kind: 'section', text: 'Inputs', aside: '' },
      { kind: 'lines', lines: ['Not prepared yet, or its plan can no longer be read.'] },
    ];
  }
  const { content, skillDir, dataDir, plan, prompts, pools, answered } = inputs;
  const { config } = content;
  const poolText = (name: string, { tasks, digest }: { tasks: number; digest: string }): string =>
    `${tasks} ${name} (${short(digest)})`;
  const edits = config.edits;
  const excluded = content.excluded.map(({ id, reason }) => `${id} (${reason})`).join(', ');
  return [
    { kind: 'section', text: 'Inputs', aside: '' },
    {
      kind: 'facts',
      rows: [
        ['Skill', `${content.skillName}, version ${short(content.seedSkill)}, from ${skillDir}`],
        ['Tasks', `${config.benchmark}, protocol ${config.protocol}, from ${dataDir}`],
        [
          'Split',
          [
            poolText('for training', pools.training),
            poolText('for validation', pools.validation),
            poolText('held out', pools.heldOut),
          ].join(', '),
        ],
        ['Left out', excluded === '' ? 'none' : excluded],
        ...originRows(content),
        ['Seed', [`${config.seed}, sampling ${config.sampling}`, ...ownSeeds(content)].join(', ')],
        [
          'Method',
          `${config.method}: batches of ${config.batchSize}, ${countText(config.epochs, 'epoch')}${config.slowUpdate ? ', slow updates' : ''}`,
        ],
        ['Edits a step', edits === null ? 'no limit' : `${edits.first} to ${edits.last}, ${edits.schedule}`],
        ['Gate', `${gateText(config.gate)}${config.gateSamples > 1 ? `, ${config.gateSamples} samples` : ''}`],
        ['Confirmation', config.confirmation ? 'against the seed, on fresh samples' : 'none'],
        ['Sandbox', config.sandbox],
        ['Budget', budgetText(config.budget)],
        ['Plan', `${short(plan)}, prepared by SkillGrad ${content.preparedBy}`],
      ],
    },
    { kind: 'part', text: 'Models', aside: `provider ${config.provider}` },
    {
      kind: 'table',
      head: ['role', 'asked for', 'answered by', 'answers', 'price', 'prompt'],
      rows: Object.entries(config.models).map(([role, model]) => {
        const by = answered.filter((row) => row.role === role);
        const dropped = by.reduce((sum, row) => sum + row.seedsDropped, 0);
        return [
          role,
          model,
          by.map((row) => row.by).join(', ') || '–',
          `${by.reduce((sum, row) => sum + row.answers, 0)}${dropped > 0 ? ` (${dropped} without the seed)` : ''}`,
          priceText(content.prices[role as keyof typeof content.prices]),
          short(prompts[role] ?? null),
        ];
      }),
      right: [3],
    },
  ];
}

function originRows({ origin }: RunPlan): [string, string][] {
  return origin === null ? [] : [['Origin', originText(origin)]];
}

function ownSeeds({ seeds }: RunPlan): string[] {
  return Object.entries(seeds).map(([role, seed]) => `${role} ${seed}`);
}

function priceText(price: Price | null): string {
  return price === null ? 'unknown' : `$${price.inputUsd} in, $${price.outputUsd} out a million`;
}

function costBlocks({ costs }: Account): Block[] {
  const table = (first: string, rows: CostRow[]): Block => ({
    kind: 'table',
    head: [first, 'calls', 'lost', 'tokens', 'cost'],
    rows: rows.map(({ name, calls, lostCalls, tokens, costUsd }) => [
      name,
      calls.toLocaleString('en'),
      lostCalls === 0 ? '–' : String(lostCalls),
      tokens.toLocaleString('en'),
      costText(costUsd),
    ]),
    right: [1, 2, 3, 4],
  });
  return [
    { kind: 'section', text: 'Cost', aside: spendingText(costs.total) },
    { kind: 'part', text: 'By role', aside: '' },
    table('role', costs.byRole),
    { kind: 'part', text: 'By stage', aside: '' },
    table('stage', costs.byStage),
    { kind: 'part', text: 'By model', aside: '' },
    table('model', costs.byModel),
  ];
}

function historyBlocks({ executions }: Account): Block[] {
  return [
    { kind: 'section', text: 'Histories', aside: 'what this account was rebuilt from, with the store' },
    {
      kind: 'table',
      head: ['workflow', 'execution', 'status', 'events', 'started', 'took', 'read from', 'copy in the store'],
      rows: executions.map(({ workflowId, runId, status, events, startedMs, endedMs, from, exported }) => [
        workflowId,
        runId.slice(0, 13),
        status.toLowerCase().replaceAll('_', ' '),
        events.toLocaleString('en'),
        clockText(startedMs),
        spanText(startedMs, endedMs),
        from,
        short(exported),
      ]),
      right: [3],
    },
  ];
}
