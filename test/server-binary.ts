import { findServerBinary } from '../workers/find-server';
import { skillgradHome } from '../workers/home';

/** Finds (or once fetches) the Temporal CLI before the first test, so that no test's time limit pays for it. */
export default async function findBinaryOnce(): Promise<void> {
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const { path } = await findServerBinary(skillgradHome().cache, process.env, report);
  process.env['SKILLGRAD_TEMPORAL_CLI'] = path;
}
