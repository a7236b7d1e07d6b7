import { writeSkill } from '../../agents/patcher/one-shot';
import { parseSkill } from '../../skill/parse';
import { scriptedLoops } from './scripted-loop';

let loops: Awaited<ReturnType<typeof scriptedLoops>>;
beforeAll(async () => (loops = await scriptedLoops()));
afterAll(() => loops.close());

const submit = (description: string, body = '# Tasks\n\n- look first\n') => [
  { name: 'submit_skill', arguments: { description, body } },
];

it.each(['A B', 'dates: and: more', '007', 'plain-name'])(
  'writes a skill under the name %j of its seed, which the model has no part in',
  async (name) => {
    const scripted = await loops.loop('patcher', [submit('For tables.')]);
    const end = await writeSkill({ name, tasks: ['Fill the table.'] }, scripted.loop);
    expect(scripted.calls()).toBe(1);
    if (end.kind !== 'skill' || end.files === null) throw new Error('expected a skill');
    expect(parseSkill(end.files, name, 'lenient')).toMatchObject({ name, description: 'For tables.' });
  },
);

it('sends back what the model wrote against the specification', async () => {
  const deep = `${'> '.repeat(400)}x`;
  const scripted = await loops.loop('patcher', [submit(' '), submit('For tables.', deep), submit('For tables.')]);
  const end = await writeSkill({ name: 'A B', tasks: ['Fill the table.'] }, scripted.loop);
  expect(scripted.said('tool')).toEqual([
    expect.stringContaining('the description is blank'),
    expect.stringMatching(/SKILL\.md: body: lists or quotes 400 levels deep/),
  ]);
  expect(end).toMatchObject({ kind: 'skill', reason: '' });
});
