/** The calibration of one unit, on numbers of which the answer is known. */
import { expect, it } from 'vitest';
import { calibrate } from './calibrate-units.ts';

/** Weights that show nothing up to 0.1, and 10 for each 1 above. */
const weights = Array.from({ length: 61 }, (_, i) => i / 100);
const truth = weights.map((weight) => Math.min(5, 10 * Math.max(0, weight - 0.1)));

it('finds the weight at rest and the slope of weights that are exact', () => {
  const { present, ...line } = calibrate(12, { truth, weights }, [0, 0, 0]);
  expect(line).toEqual({ unit: 12, rest: 0.1, slope: 10 });
  // Between the greatest intensity that is none, 0.9, and the least that is one
  expect(present).toBeGreaterThanOrEqual(0.9);
  expect(present).toBeLessThanOrEqual(1);
});

it('sets the threshold of presence above nine of ten photos at rest', () => {
  const atRest = [...new Array<number>(89).fill(0), ...new Array<number>(10).fill(0.3), 0.4];
  const { present } = calibrate(12, { truth, weights }, atRest);
  expect(present).toBeCloseTo(2, 1);
  expect(atRest.filter((weight) => 10 * (weight - 0.1) >= present)).toHaveLength(1);
});

it('lets noise at rest count where it costs more than it tells', () => {
  const noisy = weights.map((weight, i) => (i % 2 ? weight : 0.3));
  const { slope } = calibrate(12, { truth, weights: noisy }, [0]);
  expect(slope).toBeLessThan(10);
  expect(slope).toBeGreaterThan(2);
});
