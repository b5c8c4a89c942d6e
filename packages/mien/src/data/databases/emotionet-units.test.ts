/** Expressions from action units: EmotioNet, table 1. */
import { expect, it } from 'vitest';
import { COMPOUND_EXPRESSIONS } from '../../labels/index.ts';
import { CATEGORY_OF_COLUMN, LABELLED_CATEGORIES } from './emotionet-categories.ts';
import { EMOTIONET_UNITS, expressionsOfUnits } from './emotionet-units.ts';

it('has 23 expressions, each by units of its own, the twelve compounds among them', () => {
  const units = Object.values(EMOTIONET_UNITS);
  expect(new Set(units.map(String)).size).toBe(23);
  for (const row of units) expect(row).toEqual([...row].sort((a, b) => a - b));
  expect(Object.keys(EMOTIONET_UNITS)).toEqual(expect.arrayContaining(Object.keys(COMPOUND_EXPRESSIONS)));
});

it('finds what the active units contain, the most specific first', () => {
  expect(expressionsOfUnits([12, 25])).toEqual(['happiness']);
  expect(expressionsOfUnits(new Set([25, 12, 10]))).toEqual(['happily disgusted', 'happiness']);
  expect(expressionsOfUnits([1, 2, 12, 25, 26])).toEqual([
    'happily fearful',
    'surprise',
    'happily surprised',
    'happiness',
  ]);
  expect(expressionsOfUnits([6])).toEqual([]);
});

it('has a column for each of the 16 categories', () => {
  expect(Object.values(CATEGORY_OF_COLUMN).sort()).toEqual([...LABELLED_CATEGORIES].sort());
  expect(LABELLED_CATEGORIES).toHaveLength(16);
});
