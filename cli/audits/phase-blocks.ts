import { reviewed, reviewText } from '../../records/review';
import { leftOut } from '../../workflows/evaluation-rule';
import { costText, spendingText, verdictText } from '../terminal/progress-text';
import { countText } from '../terminal/sizes';
import type {
  Account,
  DiagnosisAccount,
  MeasurementAccount,
  Phase,
  ReviewAccount,
  RolloutAccount,
  StepAccount,
} from './account';
import type { Block } from './document';
import { clipped, patchBlocks } from './patch-blocks';
import { clockText } from './times';
import { gateText, quoted, sectionOf, short } from './wording';

/** A phase as blocks; `notices` is what interrupted or steered the run within it. */
export function phaseBlocks(phase: Phase, account: Account, notices: Block[]): Block[] {
  switch (phase.kind) {
    case 'prepare':
      return notices.length === 0 ? [] : [sectionOf('Preparation', phase), ...notices];
    case 'measurement':
      return [
        sectionOf(titles[phase.purpose], phase, spendingText(phase.spending)),
        ...notices,
        ...measurementBlocks(phase, account),
      ];
    case 'step':
      return [
        sectionOf(
          `Epoch ${phase.epoch}, step ${phase.step}${phase.patch?.duty === 'consolidate' ? ': slow update' : ''}${phase.takenBack ? ' (given up by a rewind)' : ''}`,
          phase,
          spendingText(phase.spending),
        ),
        ...notices,
        ...stepBlocks(phase, account),
      ];
    case 'one-shot':
      return [sectionOf('A skill written from task prompts alone', phase), ...notices, ...patchBlocks(phase.patch)];
    case 'deliver':
      return [sectionOf('Delivery', phase), ...notices, ...deliveryBlocks(account)];
    default:
      return phase satisfies never;
  }
}

const titles: Record<MeasurementAccount['purpose'], string> = {
  base: 'Base rollouts',
  gate: 'Gate',
  confirmation: 'Confirmation',
  'held-out': 'Held-out tasks',
};

function stepBlocks(step: StepAccount, account: Account): Block[] {
  const { rollouts, diagnoses, accumulation, patch, gate, accepted, review, editedGate, skillBefore, skillAfter } =
    step;
  const solved = rollouts.filter(({ score }) => score?.solved).length;
  return [
    ...(rollouts.length === 0
      ? []
      : ([
          {
            kind: 'part',
            text: 'Execute and score',
            aside: `${solved} of ${rollouts.length} solved with ${short(skillBefore)}`,
          },
          {
            kind: 'table',
            head: ['at', 'task', 'score', 'outcome', 'turns', 'cost', 'trajectory'],
            rows: rollouts.map((one) => [
              clockText(one.atMs),
              one.taskId,
              scoreText(one),
              one.outcome,
              String(one.turns),
              one.reused ? 'reused' : costText(one.spending.costUsd),
              short(one.trajectory),
            ]),
            right: [4, 5],
          },
        ] satisfies Block[])),
    ...(diagnoses.length === 0
      ? []
      : ([
          { kind: 'part', text: 'Diagnose', aside: countText(diagnoses.length, 'diagnosis', 'diagnoses') },
          { kind: 'lines', lines: diagnoses.flatMap(diagnosisLines) },
        ] satisfies Block[])),
    ...(accumulation === null
      ? []
      : ([
          {
            kind: 'part',
            text: 'Accumulate',
            aside: `${countText(accumulation.patterns.length, 'pattern')}, record ${short(accumulation.artifact)}`,
          },
          {
            kind: 'lines',
            lines: [
              ...accumulation.patterns.map(({ id, summary, seenNow }) => `${seenNow ? '•' : '·'} ${id}: ${summary}`),
              ...accumulation.problems.map((problem) => `problem: ${problem}`),
            ],
          },
        ] satisfies Block[])),
    ...(patch === null ? [] : patchBlocks(patch)),
    ...(gate === null ? [] : gateBlocks(gate, account)),
    ...(review === null ? [] : [reviewBlock(review)]),
    ...(editedGate === null ? [] : gateBlocks(editedGate, account)),
    {
      kind: 'facts',
      rows: [
        [
          'Skill',
          skillAfter !== skillBefore
            ? `${short(skillBefore)} → ${short(skillAfter)}`
            : `${short(skillBefore)}, as before${patch !== null && accepted === null ? '; undecided' : ''}`,
        ],
      ],
    },
  ];
}

function diagnosisLines({ ordinal, taskId, kind, proposal, artifact }: DiagnosisAccount): string[] {
  if (proposal === null) {
    return [
      `${ordinal}  ${kind} of ${taskId}: ${artifact === null ? 'no diagnosis' : `${short(artifact)} can't be read`}`,
    ];
  }
  const { label, cause, confidence, robustness, skippedStep } = proposal;
  const more = [
    ...(skippedStep === 'none' ? [] : [`skipped: ${skippedStep}`]),
    ...(robustness === 'not-applicable' ? [] : [robustness]),
    `confidence ${confidence}`,
  ];
  return [`${ordinal}  ${kind} of ${taskId}: ${label} (${more.join(', ')})`, `    ${clipped(cause)}`];
}

function reviewBlock({ action, by, note, edited }: ReviewAccount): Block {
  if (by === null) return { kind: 'part', text: 'Review', aside: reviewText({ action, by, note }) };
  const what = `${reviewed[action]} by ${by}`;
  const version = edited === undefined ? '' : `, candidate ${short(edited.candidate)}, patch ${short(edited.patch)}`;
  return { kind: 'part', text: 'Review', aside: `${what}${version}${quoted(note)}` };
}

function gateBlocks(gate: MeasurementAccount, account: Account): Block[] {
  const verdict = gate.said?.verdict ?? null;
  const text =
    verdict === null
      ? 'undecided'
      : `${verdictText(verdict.accepted, verdict)}: ${countText(verdict.wins, 'win')}, ${countText(verdict.losses, 'loss', 'losses')}; ${verdict.reason}`;
  return [
    { kind: 'part', text: 'Gate', aside: text },
    { kind: 'lines', lines: [...(gate.gate === null ? [] : [gateText(gate.gate)]), spendingText(gate.spending)] },
    ...measurementBlocks(gate, account),
  ];
}

/** One row a task, one column an arm. */
function measurementBlocks(
  { arms, tasks, rollouts, purpose }: MeasurementAccount,
  { inputs, result }: Account,
): Block[] {
  const seed = inputs?.content.seedSkill ?? null;
  const nameOf = (skill: string | null, index: number): string => {
    if (skill === null) return 'no skill';
    if (purpose === 'gate') return `${index < arms.length / 2 ? 'candidate' : 'current'} ${short(skill)}`;
    return skill === seed
      ? `seed ${short(skill)}`
      : `${result?.finalSkill === skill ? 'final' : 'best'} ${short(skill)}`;
  };
  const summary = arms.map(({ skill, sample }, index) => {
    const solved = tasks.filter(({ counted, solved: bits }) => counted && bits[index] === '1').length;
    return `${nameOf(skill, index)}, sample ${sample}: ${solved} of ${tasks.filter(({ counted }) => counted).length} solved`;
  });
  return [
    ...(purpose === 'gate' ? [] : [{ kind: 'lines' as const, lines: summary }]),
    {
      kind: 'table',
      head: ['task', ...arms.map(({ skill }, index) => nameOf(skill, index)), ''],
      rows: tasks.map(({ taskId, counted, solved: bits }) => [
        taskId,
        ...arms.map(({ skill, sample }) => {
          const one = rollouts.find(
            (rollout) => rollout.taskId === taskId && rollout.skill === skill && rollout.sample === sample,
          );
          return one === undefined ? '–' : cellText(one);
        }),
        bits === leftOut ? 'left out: it kills its worker' : counted ? '' : 'came after the decision',
      ]),
      right: [],
    },
  ];
}

function cellText(rollout: RolloutAccount): string {
  const { outcome, turns, reused } = rollout;
  const more = [...(outcome === 'finished' ? [] : [outcome]), countText(turns, 'turn'), ...(reused ? ['reused'] : [])];
  return `${scoreText(rollout)}, ${more.join(', ')}`;
}

function scoreText({ score }: RolloutAccount): string {
  if (score === null) return 'not scored';
  const { solved, matched, total, status } = score;
  return `${solved ? '✓' : '✗'} ${matched}/${total}${status === 'scored' ? '' : ` ${status}`}`;
}

function deliveryBlocks({ result }: Account): Block[] {
  if (result === null) return [{ kind: 'lines', lines: ['No result can be read.'] }];
  const { finalSkill, seedSkill, momentum, note, warnings } = result;
  return [
    {
      kind: 'facts',
      rows: [
        [
          'Skill',
          `${short(finalSkill)}${finalSkill === seedSkill ? ', the seed' : `, instead of the seed ${short(seedSkill)}`}`,
        ],
        ['Record', short(momentum)],
        ...(note === null ? [] : [['Note', note] as [string, string]]),
        ...warnings.map((warning): [string, string] => ['Warning', warning]),
      ],
    },
  ];
}
