import { expectedValuesIn, holdsValue } from '../../skill/task-values';

it.each([
  ['b17', 'B17', true],
  ['B$17', 'B17', true],
  ['$B$17.', 'b17', true],
  ['from $B$2:$B$40 on', 'B2:B40', true],
  ['B17', '$B$17', true],
  ['B170', 'B17', false],
  ['AB17', 'B17', false],
  ['a web17 page', 'B17', false],
  ['the acme ltd account', 'Acme Ltd', false],
  ['the Acme Ltd account', 'Acme Ltd', true],
])('%j holds %j: %s', (text, value, holds) => {
  expect(holdsValue(text, value)).toBe(holds);
});

it.each<[string, string[]]>([
  ['number 48213.5', ['48213.5', '48,213.5']],
  ['number -1234', ['-1234', '-1,234']],
  ['text "Acme Ltd"', ['Acme Ltd']],
  ['"INV_0013 is \\"open\\""', ['INV_0013 is "open"']],
  ['text "12345"', ['12345']],
  ['date 2024-03-17', ['2024-03-17']],
  ['date-time 2024-03-17 00:00:00', ['2024-03-17']],
  [`text "The ${'long '.repeat(10)}name 7 of a prod…"`, [`The ${'long '.repeat(10)}name 7 of a`]],
])('finds what is distinctive in the expected %j', (expected, values) => {
  expect(expectedValuesIn(expected)).toEqual(values);
});

it.each(['number 0', 'number 100000', 'number 2024', 'number 12.5', 'text "2024"', 'text "Total"', 'text "yes"'])(
  'takes the general %s for no value of a task',
  (expected) => expect(expectedValuesIn(expected)).toEqual([]),
);

it.each(['empty', 'boolean TRUE', 'error #N/A', 'time 09:30:00', 'a sheet named "Sheet1"', 'no such line'])(
  'takes %s for no value of a task',
  (expected) => expect(expectedValuesIn(expected)).toEqual([]),
);
