import { Fault } from '../records/fault';

/**
 * One thing wrong with a skill package. `fatal`: it can't be loaded at all; `error`: it breaks the Agent Skills
 * specification (lenient loading goes on); `warning`: advice.
 */
export interface Finding {
  severity: 'fatal' | 'error' | 'warning';
  file: string;
  field: string;
  problem: string;
  fix: string;
}

/** A finding as one line for people: `SKILL.md: name: expected …; fix`. */
export function findingText(finding: Finding): string {
  return `${finding.file}: ${finding.field}: ${finding.problem}; ${finding.fix}`;
}

/** A skill package that can't be used, with everything that was found; retrying never helps. */
export class SkillError extends Fault {
  readonly findings: readonly Finding[];

  constructor(subject: string, findings: readonly Finding[]) {
    const lines = findings.map(findingText);
    super(
      lines.length === 1 ? `${subject}: ${lines[0]}` : `${subject}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
      {
        type: 'skill.invalid',
        retryable: false,
        fix: findings.map((finding) => `${finding.file}: ${finding.fix}`).join('\n'),
      },
    );
    this.name = 'SkillError';
    this.findings = findings;
  }
}
