import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { Diagnosis } from '../../records/diagnosis';
import { MomentumRecord } from '../../records/momentum';
import { Patch } from '../../records/patch';
import { blame, type AcceptedPatch, type BlamedFile } from '../../skill/blame';
import type { ArtifactStore } from '../../store/artifact-store';
import { describeEdit } from '../../momentum/remedies';
import type { PatchedStep } from './best-so-far';
import { journaledResults, type Lineage } from './lineage';

/** An edit that lines come from, with all that led to it and what the gate measured when it went in. */
export interface BlamedEdit {
  step: number;
  /** Number from 0 in its patch; null: the patch as a whole. */
  edit: number | null;
  /** The edit in a few words; of a patch as a whole, its reasons. */
  what: string;
  pattern: { id: string; summary: string | null } | null;
  /** `turns` of the task's trajectory are the evidence. */
  diagnoses: { ordinal: string; kind: Diagnosis['kind']; label: string; taskId: string; turns: number[] }[];
  /** null: it went in without a gate. */
  gate: { candidateSolved: number; currentSolved: number; tasks: number } | null;
}

/** Each line of a run's skill, and the edits that lines come from, first to last. */
export interface BlamedRun {
  files: BlamedFile[];
  edits: BlamedEdit[];
}

/** Leads each line of a run's skill back to what it came from. */
export async function blameRun(run: string, lineage: Lineage, store: ArtifactStore): Promise<BlamedRun> {
  const accepted: (AcceptedPatch & { summary: PatchedStep; patch: Patch })[] = [];
  for (const summary of upToDelivered(lineage)) {
    if (!summary.accepted || summary.patch === null) continue;
    const patch = await store.getJson(Patch, summary.patch);
    const files = await store.getTree(summary.skill);
    accepted.push({ step: patch.step, edits: patch.applied, files, summary, patch });
  }
  const files = blame(await store.getTree(lineage.plan.seedSkill), accepted);
  const named = new Map(
    files.flatMap(({ lines }) => lines).flatMap(({ origin }) => (origin === null ? [] : [[keyOf(origin), origin]])),
  );
  const edits: BlamedEdit[] = [];
  for (const { step, summary, patch } of accepted) {
    const diagnoses = await diagnosesOf(store, run, step);
    const summaries = await patternsOf(store, run, step);
    for (const edit of [...patch.applied.keys(), null]) {
      if (!named.has(keyOf({ step, edit }))) continue;
      const applied = edit === null ? undefined : patch.applied[edit];
      const ordinals = applied?.diagnoses ?? patch.applied.flatMap((one) => one.diagnoses);
      edits.push({
        step,
        edit,
        what: applied === undefined ? `patch as a whole: ${patch.rationale}` : describeEdit(applied),
        pattern:
          applied === undefined ? null : { id: applied.pattern, summary: summaries.get(applied.pattern) ?? null },
        diagnoses: diagnoses.filter(({ ordinal }) => ordinals.includes(ordinal)),
        gate: summary.verdict === null ? null : measured(summary.verdict),
      });
    }
  }
  return { files, edits };
}

const keyOf = ({ step, edit }: { step: number; edit: number | null }): string => `${step}/${edit}`;

/** The steps that made the delivered version; none where it is the seed. */
function upToDelivered({ steps, skill, plan }: Lineage): PatchedStep[] {
  if (skill === plan.seedSkill) return [];
  return steps.slice(0, steps.findIndex((step) => step.accepted && step.skill === skill) + 1);
}

const measured = ({ candidateSolved, currentSolved, tasks }: NonNullable<PatchedStep['verdict']>) => ({
  candidateSolved,
  currentSolved,
  tasks,
});

const Diagnosed = z.object({ diagnosis: ArtifactRef });
const Accumulated = z.object({ momentum: ArtifactRef });

async function diagnosesOf(store: ArtifactStore, run: string, step: number): Promise<BlamedEdit['diagnoses']> {
  const results = await journaledResults(store, run, `diagnose-s${step}-`, Diagnosed);
  const diagnoses = new Map<string, BlamedEdit['diagnoses'][number]>();
  for (const { diagnosis } of results) {
    const { ordinal, kind, taskId, proposal } = await store.getJson(Diagnosis, diagnosis);
    diagnoses.set(ordinal, { ordinal, kind, label: proposal.label, taskId, turns: proposal.evidence.turns });
  }
  return [...diagnoses.values()];
}

/** What each pattern was about when the step was accumulated. */
async function patternsOf(store: ArtifactStore, run: string, step: number): Promise<Map<string, string>> {
  const [result] = await journaledResults(store, run, `accumulate-s${step}-`, Accumulated);
  const record = result === undefined ? null : await store.getJson(MomentumRecord, result.momentum);
  return new Map(record?.patterns.map(({ id, summary }) => [id, summary]));
}
