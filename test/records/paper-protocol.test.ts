import { spawnSync } from 'node:child_process';
import { paperRounds, paperSplit } from '../../records/paper-protocol';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `task-${index}`);
const sizes = { trainingPool: 200, validationTasks: 20, heldOutTasks: 180 };

/** The first tasks of each set, as Python 3 dealt them. */
const recorded = {
  training: ['task-0', 'task-5', 'task-7', 'task-8'],
  validation: ['task-262', 'task-130', 'task-78', 'task-44'],
  heldOut: ['task-359', 'task-98', 'task-392', 'task-103'],
};

/** The protocol in Python on synthetic ids. */
const script = `
import json, random
ids = ["task-%d" % index for index in range(400)]
order = list(range(400))
random.Random(0).shuffle(order)
apart, pool = order[:200], sorted(order[200:])
random.Random(42).shuffle(apart)
failures = [index for index in pool if index % 3 != 0]
training = random.Random(0)
training.shuffle(failures)
drawn = failures[:40]
training.shuffle(drawn)
again = random.Random(0)
second = list(drawn)
again.shuffle(second)
third = list(drawn)
again.shuffle(third)
names = lambda indices: [ids[index] for index in indices]
print(json.dumps([names(pool), names(apart[:20]), names(apart[20:]), names(drawn), names(second), names(third)]))
`;

describe("the paper's split", () => {
  const split = paperSplit(ids(400), 0, sizes);

  it('halves 400 tasks, keeps 20 for validation and 180 held out, and leaves the pool in the order of the data', () => {
    const { training, validation, heldOut, scaledDown } = split;
    expect([training.length, validation.length, heldOut.length, scaledDown]).toEqual([200, 20, 180, null]);
    expect(new Set([...training, ...validation, ...heldOut]).size).toBe(400);
    expect(training).toEqual(ids(400).filter((id) => training.includes(id)));
    expect(training.slice(0, 4)).toEqual(recorded.training);
    expect(validation.slice(0, 4)).toEqual(recorded.validation);
    expect(heldOut.slice(0, 4)).toEqual(recorded.heldOut);
  });

  it('is stable by prefix: fewer held-out tasks are the first of more', () => {
    const fewer = paperSplit(ids(400), 0, { ...sizes, heldOutTasks: 60 });
    expect(fewer.heldOut).toEqual(split.heldOut.slice(0, 60));
    expect(fewer.validation).toEqual(split.validation);
    expect(fewer.training).toEqual(split.training);
  });

  it('shrinks in proportion with fewer tasks, and says so with the counts', () => {
    const { training, validation, heldOut, scaledDown } = paperSplit(ids(48), 0, sizes);
    expect([training.length, validation.length, heldOut.length]).toEqual([24, 2, 22]);
    expect(scaledDown).toMatch(/takes 400 tasks; the 48 here .*24 to find failures in, 2 for validation, 22 held out/);
  });

  it('draws the training tasks from all failures, in an order of its own, reshuffled each round', () => {
    const failures = split.training.filter((_, index) => index % 2 === 0);
    const rounds = paperRounds(failures, 40, 0);
    expect(rounds(1)).toHaveLength(40);
    expect(new Set(rounds(1)).size).toBe(40);
    expect(rounds(1)).not.toEqual(rounds(2));
    expect([...rounds(2)].sort()).toEqual([...rounds(1)].sort());
    expect(rounds(3)).not.toEqual(rounds(2));
    expect(paperRounds(failures.slice(0, 5), 40, 0)(1)).toHaveLength(5);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  (python ? it : it.skip)(`is Python's, task by task${python ? '' : ': there is no python3 here'}`, () => {
    const { stdout } = spawnSync('python3', ['-c', script], { encoding: 'utf8' });
    const failures = split.training.filter((id) => Number(id.slice(5)) % 3 !== 0);
    const rounds = paperRounds(failures, 40, 0);
    const { training, validation, heldOut } = split;
    expect([training, validation, heldOut, rounds(1), rounds(2), rounds(3)]).toEqual(JSON.parse(stdout));
  });
});
