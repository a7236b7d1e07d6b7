import { defineSearchAttributeKey } from '@temporalio/common';

/** The attributes by which an auditor finds runs in the Temporal UI; registered on the server at start. */
export const searchAttributes = {
  skill: defineSearchAttributeKey('SkillGradSkill', 'KEYWORD'),
  benchmark: defineSearchAttributeKey('SkillGradBenchmark', 'KEYWORD'),
  model: defineSearchAttributeKey('SkillGradModel', 'KEYWORD'),
  stage: defineSearchAttributeKey('SkillGradStage', 'KEYWORD'),
  paused: defineSearchAttributeKey('SkillGradPaused', 'KEYWORD'),
  epoch: defineSearchAttributeKey('SkillGradEpoch', 'INT'),
  accuracy: defineSearchAttributeKey('SkillGradAccuracy', 'DOUBLE'),
  costUsd: defineSearchAttributeKey('SkillGradCostUsd', 'DOUBLE'),
};
