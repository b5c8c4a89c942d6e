import { expect, test } from 'vitest';
import { geometricMean } from './engine.ts';

test('the geometric mean of a ratio and its inverse is 1', () => {
  expect(geometricMean([4, 0.25])).toBeCloseTo(1);
  expect(geometricMean([2, 8])).toBeCloseTo(4);
});
