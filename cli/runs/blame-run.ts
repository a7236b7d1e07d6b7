import { z } from 'zod';
import { ArtifactRef } from '../../records/artifact';
import { Diagnosis } from '../../records/diagnosis';
import { emptyMomentum, MomentumRecord, type Sighting } from '../../records/momentum';
import { Patch } from '../../records/patch';
import { blame, type AcceptedPatch, type BlamedFile } from '../../skill/blame';
import type { ArtifactStore } from '../../store/artifact-store';
import { describeEdit } from '../../momentum/remedies';
import { UserError } from '../terminal/user-error';
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
  /** Those that it cites, else those behind its pattern; `turns` of the task's trajectory are the evidence. */
  diagnoses: { sighting: Sighting; kind: Diagnosis['kind']; label: string; taskId: string; turns: number[] }[];
  /** null: it went in without a gate. */
  gate: { candidateSolved: number; currentSolved: number; tasks: number } | null;
}

/** Each line of a run's skill, and the edits that lines come from, first to last. */
export interface BlamedRun {
  files: BlamedFile[];
  edits: BlamedEdit[];
}

/**
 * Leads each line of a run's skill back to what it came from.
 *
 * @throws UserError when the skill was not made in steps, as a baseline that writes it whole
 */
export async function blameRun(run: string, lineage: Lineage, store: ArtifactStore): Promise<BlamedRun> {
  const accepted: (AcceptedPatch & { summary: PatchedStep; patch: Patch })[] = [];
  for (const summary of upToDelivered(run, lineage)) {
    if (!summary.accepted || summary.patch === null) continue;
    const patch = await store.getJson(Patch, summary.patch);
    const files = await store.getTree(summary.skill);
    accepted.push({ step: patch.step, edits: patch.applied, files, summary, patch });
  }
  const files = blame(await store.getTree(lineage.plan.seedSkill), accepted);
  const named = new Map(
    files.flatMap(({ lines }) => lines).flatMap(({ origin }) => (origin === null ? [] : [[keyOf(origin), origin]])),
  );
  const runs = [run, ...lineage.plan.reuses];
  const edits: BlamedEdit[] = [];
  for (const { step, summary, patch } of accepted) {
    const explained = await explainEdits(store, runs, patch, summary.verdict);
    edits.push(...explained.filter(({ edit }) => named.has(keyOf({ step, edit }))));
  }
  return { files, edits };
}

/** The edits of a patch, and last the patch as a whole, each with its pattern and the diagnoses behind it. */
export async function explainEdits(
  store: ArtifactStore,
  runs: readonly string[],
  patch: Patch,
  verdict: PatchedStep['verdict'],
): Promise<BlamedEdit[]> {
  const record = await recordOf(store, runs, patch.step);
  const edits: BlamedEdit[] = [];
  for (const edit of [...patch.applied.keys(), null]) {
    const applied = edit === null ? patch.applied : patch.applied.slice(edit, edit + 1);
    const [only] = edit === null ? [] : applied;
    const pattern = record.patterns.find(({ id }) => id === only?.pattern);
    // An edit cites the batch that its record was made from: that of an earlier step where it had none of its own.
    const answered = applied.flatMap(({ diagnoses }) => diagnoses.map((one): Sighting => `${record.step}/${one}`));
    const cited = await diagnosesOf(store, runs, answered);
    const behind = pattern === undefined ? [] : [...pattern.failures, ...pattern.successes];
    edits.push({
      step: patch.step,
      edit,
      what: only === undefined ? `patch as a whole: ${patch.rationale}` : describeEdit(only),
      pattern: only === undefined ? null : { id: only.pattern, summary: pattern?.summary ?? null },
      diagnoses: cited.length > 0 ? cited : await diagnosesOf(store, runs, behind),
      gate: verdict === null ? null : measured(verdict),
    });
  }
  return edits;
}

const keyOf = ({ step, edit }: { step: number; edit: number | null }): string => `${step}/${edit}`;

/** The steps that made the delivered version; none where it is the seed. */
function upToDelivered(run: string, { steps, skill, plan }: Lineage): PatchedStep[] {
  if (skill === plan.seedSkill) return [];
  const last = steps.findIndex((step) => step.accepted && step.skill === skill);
  if (last !== -1) return steps.slice(0, last + 1);
  throw new UserError(
    `The skill of run ${run} was not made in steps (its method is ${plan.config.method}): no line of it leads to an edit.`,
  );
}

const measured = ({ candidateSolved, currentSolved, tasks }: NonNullable<PatchedStep['verdict']>) => ({
  candidateSolved,
  currentSolved,
  tasks,
});

const Diagnosed = z.object({ diagnosis: ArtifactRef });
const Accumulated = z.object({ momentum: ArtifactRef });

async function diagnosesOf(
  store: ArtifactStore,
  runs: readonly string[],
  sightings: readonly Sighting[],
): Promise<BlamedEdit['diagnoses']> {
  const found: BlamedEdit['diagnoses'] = [];
  for (const sighting of new Set(sightings)) {
    const [step, ordinal] = sighting.split('/');
    const [result] = await journaledResults(store, runs, `diagnose-s${step}-${ordinal}-`, Diagnosed);
    if (result === undefined) continue;
    const { kind, taskId, proposal } = await store.getJson(Diagnosis, result.diagnosis);
    found.push({ sighting, kind, label: proposal.label, taskId, turns: proposal.evidence.turns });
  }
  return found;
}

/** The record when the step's patch was made: a step without a batch has that of an earlier one. */
async function recordOf(store: ArtifactStore, runs: readonly string[], step: number): Promise<MomentumRecord> {
  for (let at = step; at > 0; at -= 1) {
    const [result] = await journaledResults(store, runs, `accumulate-s${at}-`, Accumulated);
    if (result !== undefined) return store.getJson(MomentumRecord, result.momentum);
  }
  return { ...emptyMomentum, step };
}
