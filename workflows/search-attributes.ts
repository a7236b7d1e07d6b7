import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';

/** The attributes by which an auditor finds runs in the Temporal UI; registered on the server at start. */
export const searchAttributes = {
  skill: defineSearchAttributeKey('SkillGradSkill', 'KEYWORD'),
  benchmark: defineSearchAttributeKey('SkillGradBenchmark', 'KEYWORD'),
  model: defineSearchAttributeKey('SkillGradModel', 'KEYWORD'),
  stage: defineSearchAttributeKey('SkillGradStage', 'KEYWORD'),
  paused: defineSearchAttributeKey('SkillGradPaused', 'KEYWORD'),
  /** The run that a replay or fork, or a schedule's look and what it starts, comes from. */
  origin: defineSearchAttributeKey('SkillGradOrigin', 'KEYWORD'),
  epoch: defineSearchAttributeKey('SkillGradEpoch', 'INT'),
  quarantined: defineSearchAttributeKey('SkillGradQuarantined', 'INT'),
  accuracy: defineSearchAttributeKey('SkillGradAccuracy', 'DOUBLE'),
  costUsd: defineSearchAttributeKey('SkillGradCostUsd', 'DOUBLE'),
};

/** What a run is found by from its start on. */
export function startingAttributes(of: {
  skill: string;
  benchmark: string;
  model: string;
  stage: string;
  origin?: string;
}): TypedSearchAttributes {
  const { skill, benchmark, model, stage, paused, origin } = searchAttributes;
  return new TypedSearchAttributes([
    { key: skill, value: of.skill },
    { key: benchmark, value: of.benchmark },
    { key: model, value: of.model },
    { key: stage, value: of.stage },
    { key: paused, value: 'no' },
    ...(of.origin === undefined ? [] : [{ key: origin, value: of.origin }]),
  ]);
}

/** Said of a run on a server that doesn't know these attributes. */
export const unsearchable =
  'the Temporal server has no search attributes of SkillGrad: the run goes on without them, and its UI can only find it by name';
