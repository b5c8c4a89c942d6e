import { expect, it } from 'vitest';
import { flagOf, isMissing, labelOf, numberOf } from './values.ts';

it('knows what stands for a missing value', () => {
  for (const text of [
    '',
    'NA',
    'na',
    'N/A',
    'NaN',
    'nan',
    '-nan',
    'null',
    'NULL',
    'None',
    '<NA>',
    '#N/A',
    '\\N',
    'undefined',
  ])
    expect(isMissing(text), text).toBe(true);
  for (const text of ['none', 'neutral', '0', 'no', 'N', 'nana', 'unknown', '-'])
    expect(isMissing(text), text).toBe(false);
});

it('takes a whole number with zeros after its point for that number', () => {
  expect(
    ['0', '0.0', '-0.0', '3.', '10.00', '-2.0', '0.5', '2.10', 'v1.0', '007', '007.0', '1e0', '.0', '.'].map(labelOf),
  ).toEqual(['0', '0', '0', '3', '10', '-2', '0.5', '2.10', 'v1.0', '007', '007', '1e0', '.0', '.']);
});

it('reads numbers with a point or a comma', () => {
  expect(['3', '0,5', '1e3', ' 2 ', '', 'x', 'Infinity', '1,2,3'].map(numberOf)).toEqual([
    3,
    0.5,
    1000,
    2,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('reads flags', () => {
  expect(['1', '1.0', 'TRUE', 'x', '0', '0.0', 'False', '', 'NaN', '2', 'maybe'].map(flagOf)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    false,
    undefined,
    undefined,
  ]);
});
