import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../../records/artifact';
import { DiagnosisProposal } from '../../../records/diagnosis';
import { emptyMomentum, MomentumUpdate, type MomentumRecord } from '../../../records/momentum';
import { PatchProposal } from '../../../records/patch';
import { statementsOf } from '../../../simulator/advice';
import { ChatRequest } from '../../../simulator/chat-request';
import { worldPitfalls } from '../../../simulator/worlds/pitfalls';
import { advisedIn, seedSkillDir } from '../../../simulator/worlds/solve-rate';
import { worldRoles } from '../../../simulator/worlds/world-roles';
import { applyEdits } from '../../../skill/edits';
import { loadMarkdown } from '../../../skill/markdown';
import { outline } from '../../../skill/outline';
import { recordOf, roleRequest } from '../requests';

const skillText = readFileSync(join(seedSkillDir, 'SKILL.md'), 'utf8');
const draws = Array.from({ length: 200 }, (_, at) => `draw-${at}`);
const [cooling] = worldPitfalls.filter(({ id }) => id === 'cooling');
const [battery] = worldPitfalls.filter(({ id }) => id === 'battery');
if (cooling === undefined || battery === undefined) throw new Error('the worlds have lost a pitfall');

beforeAll(loadMarkdown);

async function submitted(
  role: 'diagnoser' | 'accumulator' | 'patcher',
  sections: Record<string, unknown>,
  draw = 'draw',
): Promise<object> {
  const submit = { diagnoser: 'submit_diagnosis', accumulator: 'submit_momentum_update', patcher: 'submit_patch' }[
    role
  ];
  const { calls } = await worldRoles[role](ChatRequest.parse(roleRequest(submit, sections)), draw);
  expect(calls.map(({ name }) => name)).toEqual([submit]);
  return calls[0]?.arguments ?? {};
}

const mismatches = [{ cell: 'answer.txt:2', expected: '"vehicle: refrigerated"', got: '"vehicle: box van"' }];
const Trajectory = [
  { turn: 1, calls: [{ name: 'activate_skill' }] },
  { turn: 2, calls: [{ name: 'write_file' }] },
  { turn: 3, calls: [] },
];

describe('the diagnoser of the worlds', () => {
  const diagnose = async (sections: Record<string, unknown>, draw?: string) =>
    DiagnosisProposal.parse(await submitted('diagnoser', { Trajectory, ...sections }, draw));

  it('names the pitfall that the mismatch shows, and the right action more often from a contrast', async () => {
    const rightAmong = async (sections: Record<string, unknown>): Promise<number> => {
      const all = await Promise.all(draws.map((draw) => diagnose(sections, draw)));
      for (const { label, evidence } of all) {
        expect(label).toBe(cooling.label);
        expect(evidence).toEqual({ turns: [2], mismatches: [0] });
      }
      return all.filter(({ correctApproach }) => cooling.actions.includes(correctApproach)).length / all.length;
    };
    const failure = await rightAmong({ Kind: 'failure', Score: { mismatches } });
    const contrast = await rightAmong({ Kind: 'contrastive', Score: {}, 'Earlier score': { mismatches } });
    expect(failure).toBeGreaterThan(0.5);
    expect(failure).toBeLessThan(0.8);
    expect(contrast).toBeGreaterThan(0.8);
  });

  it('is vague about a mismatch that shows no pitfall', async () => {
    const odd = [{ cell: 'answer.txt', expected: 'the answer as plain text', got: 'the file was not written' }];
    expect((await diagnose({ Kind: 'failure', Score: { mismatches: odd } })).confidence).toBeLessThan(0.5);
  });
});

describe('the accumulator of the worlds', () => {
  const diagnosis = (ordinal: string, kind: string, correctApproach: string) => ({
    ...{ ordinal, kind, label: cooling.label, cause: 'When goods must stay cold: x', correctApproach },
    ...{ skippedStep: 'none', robustness: 'robust', confidence: 0.8 },
  });
  const known = recordOf([
    { id: 'cooled-goods-in-plain-vans', summary: cooling.label, description: 'd', action: 'the known action' },
  ]);
  const actionAfter = async (record: MomentumRecord, kind: string): Promise<string | undefined> => {
    const sections = { 'Momentum record': record, Diagnoses: [diagnosis('d1', kind, 'the new action')] };
    return MomentumUpdate.parse(await submitted('accumulator', sections)).patterns[0]?.action;
  };

  it('sharpens a pattern by a contrast, and by a failure once a remedy has been tried', async () => {
    expect(await actionAfter(emptyMomentum, 'failure')).toBe('the new action');
    expect(await actionAfter(known, 'failure')).toBe('the known action');
    expect(await actionAfter(known, 'contrastive')).toBe('the new action');
    const remedy = { step: 1, diagnosed: 'x', edits: ['y'], structural: false, gate: null };
    const tried = { ...known, patterns: known.patterns.map((pattern) => ({ ...pattern, remedies: [remedy] })) };
    expect(await actionAfter(tried, 'failure')).toBe('the new action');
  });
});

describe('the patcher of the worlds', () => {
  const files: FileEntry[] = [{ path: 'SKILL.md', mode: 0o644, bytes: Buffer.from(skillText) }];
  const pattern = { id: 'batteries', summary: battery.label, description: 'd', action: battery.actions[0] ?? '' };
  const recordWith = (tries: number): MomentumRecord => {
    const record = recordOf([pattern]);
    const remedies = Array.from({ length: tries }, (_, at) => {
      return { step: at + 1, diagnosed: 'x', edits: ['y'], structural: false, gate: null };
    });
    return { ...record, patterns: record.patterns.map((one) => ({ ...one, remedies })) };
  };
  const patch = async (record: MomentumRecord, budget: number, draw: string, more: Record<string, unknown> = {}) => {
    const nodes = await outline(skillText.replace(/^---\n[^]*?\n---\n/, ''));
    const sections = {
      'Skill files': { 'SKILL.md': skillText },
      'Skill outline': nodes.map(({ anchor, kind, title }) => ({ anchor, kind, title })),
      'Momentum record': record,
      'Edit budget': budget,
      ...more,
    };
    return PatchProposal.parse(await submitted('patcher', sections, draw)).edits;
  };
  const lifts = (edits: PatchProposal['edits']): boolean => edits.some(({ op }) => op === 'write-reference');

  it('advises in place, and lifts into a reference with a pointer what three remedies did not mend', async () => {
    for (const draw of draws.slice(0, 30)) {
      const inPlace = await patch(recordWith(2), 4, draw);
      expect(lifts(inPlace)).toBe(false);
      expect(inPlace.flatMap((edit) => ('text' in edit ? advisedIn(edit.text) : [])).map(({ id }) => id)).toEqual([
        'battery',
      ]);
      const structural = await patch(recordWith(3), 4, draw);
      expect(lifts(structural)).toBe(true);
      const { applied, refused } = await applyEdits(files, structural);
      expect([applied.length, refused]).toEqual([structural.length, []]);
    }
  });

  it('lifts nothing where the skill has no layers', async () => {
    for (const draw of draws.slice(0, 30)) {
      expect(lifts(await patch(recordWith(3), 4, draw, { Layers: 'This skill is one file.' }))).toBe(false);
    }
  });

  it('keeps to the budget, and some patches carry an edit that nothing asks for', async () => {
    const patches = await Promise.all(draws.map((draw) => patch(recordWith(3), 2, draw)));
    expect(Math.max(...patches.map((edits) => edits.length))).toBeLessThanOrEqual(2);
    const stray = patches.filter((edits) => edits.some(({ diagnoses }) => diagnoses.length === 0)).length;
    expect(stray / draws.length).toBeGreaterThan(0.4);
    expect(stray / draws.length).toBeLessThan(0.8);
  });
});

describe('the author of the worlds', () => {
  it('writes of the facts that it was shown, rightly about half of the time', async () => {
    const Tasks = [`Facts:\n- ${cooling.fact}\n- ${battery.fact}`];
    const request = ChatRequest.parse(roleRequest('submit_skill', { 'Skill name': 'dispatch-notes', Tasks }));
    const advised = new Map<string, number>();
    for (const draw of draws) {
      const { calls } = await worldRoles.author(request, draw);
      const { body } = calls[0]?.arguments as { body: string };
      for (const { id } of statementsOf(body).flatMap(advisedIn)) advised.set(id, (advised.get(id) ?? 0) + 1);
    }
    expect([...advised.keys()].sort()).toEqual(['battery', 'cooling']);
    for (const count of advised.values()) expect(Math.abs(count / draws.length - 0.25)).toBeLessThan(0.1);
  });
});
