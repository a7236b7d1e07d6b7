import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoData, deploy, weakSkill, type Deployment } from './deployment';
import { outcomeOf } from './run-outcome';
import { waitForProgress } from './wait-for-progress';

jest.setTimeout(300_000);

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
  await deployment.startWorker();
});
afterAll(() => deployment.stop());

it('is not changed by what happens to the skill folder and the data once they are prepared', async () => {
  await deployment.startRun('left-alone');
  const expected = await outcomeOf(deployment, 'left-alone');

  const folder = mkdtempSync(join(tmpdir(), 'inputs-'));
  const skillDir = join(folder, 'weak-spreadsheet-skill');
  const dataDir = join(folder, 'data');
  cpSync(weakSkill, skillDir, { recursive: true });
  cpSync(demoData, dataDir, { recursive: true });
  await deployment.startRun('changed', {}, { skillDir, dataDir });
  await waitForProgress(deployment, 'changed', ({ stage }) => stage !== 'prepare');
  writeFileSync(join(skillDir, 'SKILL.md'), '---\nname: other\ndescription: Something else.\n---\nNothing.\n');
  rmSync(dataDir, { recursive: true });
  expect(await outcomeOf(deployment, 'changed')).toEqual(expected);
  rmSync(folder, { recursive: true });
});
