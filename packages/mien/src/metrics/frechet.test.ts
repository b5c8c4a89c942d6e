import { expect, it } from 'vitest';
import { Random } from '../tensor/index.ts';
import { frechetDistance, meanPairDifference, type VectorRows } from './frechet.ts';

/** N(mean, diag(std²)), D = mean.length. */
function normals(N: number, mean: readonly number[], std: readonly number[], seed: number): VectorRows {
  const random = new Random(seed, 'normals');
  const D = mean.length;
  return { dims: [N, D], data: Array.from({ length: N * D }, (_, i) => mean[i % D]! + std[i % D]! * random.normal()) };
}

it('is that of normal distributions', () => {
  const x = normals(4000, [0, 1, 2], [1, 2, 0.5], 1);
  expect(frechetDistance(x, x)).toBeCloseTo(0, 8);
  // For independent numbers: Σ (μ₁ − μ₂)² + (σ₁ − σ₂)²
  const y = normals(4000, [3, 1, 2], [1, 1, 0.5], 2);
  expect(frechetDistance(x, y)).toBeCloseTo(9 + 1, 0);
  expect(frechetDistance(y, x)).toBeCloseTo(frechetDistance(x, y), 6);
});

it('is that of exact covariances, also where numbers go together', () => {
  // The same points turned by 45°, whose covariances are diag(2, 0) and all 1: 2 + 2 − 2·√2
  const x: VectorRows = { dims: [3, 2], data: [Math.SQRT2, 0, 0, 0, -Math.SQRT2, 0] };
  const y: VectorRows = { dims: [3, 2], data: [1, 1, 0, 0, -1, -1] };
  expect(frechetDistance(x, y)).toBeCloseTo(4 - 2 * Math.SQRT2, 10);
});

it('says what it cannot compare', () => {
  const x = normals(3, [0, 0], [1, 1], 1);
  expect(() => frechetDistance(x, normals(3, [0], [1], 1))).toThrow('frechetDistance: expected vectors of 2 numbers');
  expect(() => frechetDistance(x, { dims: [1, 2], data: [0, 0] })).toThrow('two vectors or more, got [1,2]');
});

it('differs by pairs', () => {
  expect(
    meanPairDifference([
      [0, 0],
      [2, 4],
      [4, 0],
    ]),
  ).toBeCloseTo((3 + 2 + 3) / 3, 12);
  expect(meanPairDifference([[1]])).toBeNaN();
});
