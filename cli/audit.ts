import type { Command } from 'commander';
import { openStore, type ArtifactStore } from '../store/artifact-store';
import { skillgradHome } from '../workers/home';
import { auditDocument } from './audits/audit-document';
import type { AuditedRun } from './audits/build-account';
import { checkRun } from './audits/check-account';
import { asMarkdown, asText } from './audits/document';
import { openAudit } from './audits/open-audit';
import { addRunOptions, type RunOptions } from './runs/open-run';
import { examples } from './terminal/examples';
import { terminal, type Output } from './terminal/output';
import { countText } from './terminal/sizes';
import { UserError } from './terminal/user-error';

interface AuditOptions extends RunOptions {
  markdown?: boolean;
  check?: boolean;
}

/** Adds `audit`. */
export function addAudit(root: Command): void {
  addRunOptions(root.command('audit').argument('<RUN>', 'name of the run'))
    .description('account for a run, in order of time: inputs, decisions, controls, retries, pauses, costs')
    .option('--markdown', 'print Markdown on stdout')
    .option('--check', 'verify all digests and that the records agree, instead; exit code 1 names what does not')
    .addHelpText(
      'after',
      '\nRebuilt from the Temporal histories (once the server has deleted them, from their copies in the store) and from\n' +
        'the store, and from no other file.\n' +
        examples(
          ['audit my-run', 'the account, by step'],
          ['audit my-run --markdown > audit.md', 'for a report'],
          ['audit my-run --check && echo sound', 'digests, costs, verdicts, versions'],
          ["audit my-run --json | jq '.costs.byStage'", 'all of it, with whole digests, as JSON'],
        ),
    )
    .action((run: string, options: AuditOptions) => showAudit(run, options));
}

async function showAudit(run: string, options: AuditOptions): Promise<void> {
  if (options.json === true && options.markdown === true) {
    throw new UserError('--json and --markdown: both print on stdout. Give one of them.', 2);
  }
  const home = skillgradHome();
  const output = terminal(options);
  const store = await openStore(home.store);
  const audited = await openAudit(run, options, home, store, output);
  if (options.check === true) {
    await showCheck(run, audited, store, output);
    return;
  }
  for (const problem of audited.problems) output.warn(problem);
  const document = auditDocument(audited.account);
  if (options.markdown === true) output.text(asMarkdown(document).trimEnd());
  else output.text(asText(document));
  output.data(audited.account);
}

async function showCheck(run: string, audited: AuditedRun, store: ArtifactStore, output: Output): Promise<void> {
  const checked = await checkRun(store, audited);
  const { artifacts, objects, histories, discrepancies } = checked;
  const looked = [
    countText(artifacts, 'artifact'),
    countText(objects, 'object'),
    countText(histories, 'history', 'histories'),
  ].join(', ');
  discrepancies.forEach(output.text);
  output.text(
    discrepancies.length === 0
      ? `Run ${run}: ${looked} checked; digests, costs, verdicts and versions are sound`
      : `Run ${run}: ${countText(discrepancies.length, 'discrepancy', 'discrepancies')} in ${looked}`,
  );
  output.data({ run, ...checked });
  process.exitCode = discrepancies.length === 0 ? 0 : 1;
}
