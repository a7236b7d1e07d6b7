import { spawnSync } from 'node:child_process';
import { pythonRandom } from '../../records/python-random';

const script = `
import json, random, sys
for line in json.load(sys.stdin):
    generator = random.Random(line["seed"])
    ids = ["task-%d" % index for index in range(line["count"])]
    generator.shuffle(ids)
    again = list(ids)
    generator.shuffle(again)
    print(json.dumps([ids, again, generator.getrandbits(7), generator.getrandbits(32)]))
`;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `task-${index}`);

describe("Python's generator", () => {
  it('draws what Python 3 was recorded to draw', () => {
    const words = (seed: number) => {
      const { bits } = pythonRandom(seed);
      return [bits(32), bits(32), bits(32)];
    };
    expect(words(0)).toEqual([3626764237, 1654615998, 3255389356]);
    expect(words(42)).toEqual([2746317213, 478163327, 107420369]);
    // A seed of two words.
    expect(words(2 ** 32 + 5)).toEqual([675479763, 2085189291, 1213270837]);
    const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(pythonRandom(0).shuffled(digits)).toEqual([7, 8, 1, 5, 3, 4, 2, 0, 9, 6]);
    expect(pythonRandom(42).shuffled(digits)).toEqual([7, 3, 2, 8, 5, 6, 9, 4, 0, 1]);
    expect(pythonRandom(2 ** 53 - 1).shuffled(digits)).toEqual([4, 2, 7, 0, 5, 9, 6, 3, 8, 1]);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  (python ? it : it.skip)(`shuffles like the python3 on this machine${python ? '' : ': there is none'}`, () => {
    const cases = [0, 1, 2, 7, 42, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1].flatMap((seed) =>
      [0, 1, 2, 3, 40, 200, 400, 1000].map((count) => ({ seed, count })),
    );
    const { stdout, status } = spawnSync('python3', ['-c', script], { input: JSON.stringify(cases), encoding: 'utf8' });
    expect(status).toBe(0);
    const expected = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const drawn = cases.map(({ seed, count }) => {
      const generator = pythonRandom(seed);
      const first = generator.shuffled(ids(count));
      return [first, generator.shuffled(first), generator.bits(7), generator.bits(32)];
    });
    expect(drawn).toEqual(expected);
  });

  it('refuses a seed that Python would read otherwise', () => {
    expect(() => pythonRandom(-1)).toThrow(/expected a seed from 0/);
    expect(() => pythonRandom(0.5)).toThrow(/got 0\.5/);
  });
});
