import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { spearmanCorrelation } from '../metrics/index.ts';
import { Random } from '../tensor/index.ts';
import { featureMap, sampleRows } from './feature-map.ts';
import { chancePurity, nearestNeighbors, neighborPurity } from '../classifiers/nearest.ts';
import { principalComponents } from '../classifiers/principal-components.ts';

/** Three clouds in 20 dimensions; the third is far from the others. */
function clouds(perCloud: number, seed = 3): { features: Float32Array; labels: number[] } {
  const random = new Random(seed, 'clouds');
  const labels = Array.from({ length: 3 * perCloud }, (_, i) => i % 3);
  return {
    labels,
    features: Float32Array.from(
      labels.flatMap((label) =>
        Array.from(
          { length: 20 },
          (_, d) => random.normal() + (d === label ? 8 : 0) + (d < 10 && label === 2 ? 30 : 0),
        ),
      ),
    ),
  };
}

describe('principalComponents', () => {
  it.each([
    [40, 25, 5],
    [12, 30, 8],
    [30, 4, 10],
  ])('agrees with the singular value decomposition of %i×%i', (N, D, k) => {
    const random = new Random(N, 'data');
    // Falling variances, as a decomposition by iteration needs gaps between them
    const x = Float32Array.from(
      { length: N * D },
      (_, i) => 5 + random.normal() * 0.7 ** (i % D) + (i % D < 2 ? (i % 7) - 3 : 0),
    );
    const { components, scores, explained, directions, mean, variances } = principalComponents(x, D, k);
    const centered = new Matrix(Array.from({ length: N }, (_, i) => [...x.subarray(i * D, (i + 1) * D)])).center(
      'column',
    );
    const svd = new SingularValueDecomposition(centered, { autoTranspose: true });
    expect(components).toBe(Math.min(k, N, D));
    for (let c = 0; c < Math.min(components, 5); c++) {
      const column = Array.from({ length: N }, (_, i) => scores[i * components + c]!);
      const expected = svd.leftSingularVectors.getColumn(c).map((v) => v * svd.diagonal[c]!);
      const sign = expected.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best)) < 0 ? -1 : 1;
      column.forEach((v, i) => expect(v).toBeCloseTo(sign * expected[i]!, 5));
      const along = Array.from({ length: N }, (_, i) =>
        mean.reduce((sum, m, d) => sum + (x[i * D + d]! - m) * directions[c * D + d]!, 0),
      );
      along.forEach((v, i) => expect(v).toBeCloseTo(column[i]!, 5));
      expect(variances[c]).toBeCloseTo(svd.diagonal[c]! ** 2 / N, 5);
    }
    const squares = svd.diagonal.map((s) => s * s);
    expect(explained).toBeCloseTo(
      squares.slice(0, components).reduce((a, b) => a + b) / squares.reduce((a, b) => a + b),
      6,
    );
  });

  it('takes equal samples and says what it refuses', () => {
    const same = principalComponents(new Float32Array(12).fill(2), 3, 2);
    expect([...same.scores].every((v) => v === 0)).toBe(true);
    expect(same.explained).toBe(1);
    expect(() => principalComponents(new Float32Array(7), 3, 2)).toThrow('expected rows of 3 values, got 7 values');
  });
});

describe('nearestNeighbors', () => {
  it('sorts by distance, the lower index first', () => {
    const { indices, distances } = nearestNeighbors(Float64Array.of(0, 3, 1, -1), 1, 2);
    expect([...indices]).toEqual([2, 3, 2, 0, 0, 1, 0, 2]);
    expect([...distances]).toEqual([1, 1, 2, 3, 1, 2, 1, 2]);
    expect(() => nearestNeighbors(Float64Array.of(0, 1), 1, 2)).toThrow('expected more than 2 rows');
  });

  it('measures purity, and that of chance', () => {
    const labels = [0, 1, 0, 1];
    // neighbours of each: labels 0,1 · 0,0 · 0,1 · 0,0
    expect(neighborPurity(nearestNeighbors(Float64Array.of(0, 3, 1, -1), 1, 2), labels)).toBe(2 / 8);
    expect(chancePurity(labels)).toBeCloseTo(1 / 3, 12);
  });
});

describe('featureMap', () => {
  it('keeps classes together that lie together', () => {
    const { features, labels } = clouds(40);
    const { components, purity } = featureMap(features, labels);
    expect(components).toBe(20);
    expect(purity.map).toBe(1);
    expect(purity.features).toBe(1);
    expect(purity.chance).toBeCloseTo(39 / 119, 12);
  });

  it('lays out a path as a path: what changes smoothly does so on the map', () => {
    const N = 120;
    const random = new Random(5, 'path');
    const features = Float32Array.from(
      { length: N * 8 },
      (_, i) => 20 * Math.sin((Math.floor(i / 8) / N) * 3 + (i % 8)) + 0.1 * random.normal(),
    );
    const { points } = featureMap(features, new Int32Array(N));
    const [along, apart]: [number[], number[]] = [[], []];
    for (let i = 0; i < N; i++) {
      for (let j = 0; j < i; j++) {
        along.push(i - j);
        apart.push(Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!));
      }
    }
    expect(spearmanCorrelation(along, apart)).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed, and another for another', () => {
    const { features, labels } = clouds(10);
    const [a, b, c] = [1, 1, 2].map((seed) => featureMap(features, labels, { seed, neighbors: 8 }).points);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('says what it refuses', () => {
    expect(() => featureMap(new Float32Array(30), new Int32Array(15))).toThrow('expected at least 16 samples, got 15');
    expect(() => featureMap(new Float32Array(31), new Int32Array(30))).toThrow('expected 30 rows, got 31 values');
  });
});

describe('sampleRows', () => {
  it('draws labelled rows by the seed', () => {
    const labels = Array.from({ length: 100 }, (_, i) => (i % 4 === 0 ? -1 : i % 3));
    const rows = sampleRows(labels, 20, 1);
    expect(rows).toHaveLength(20);
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
    expect(rows.every((i) => labels[i]! >= 0)).toBe(true);
    expect(sampleRows(labels, 20, 1)).toEqual(rows);
    expect(sampleRows(labels, 20, 2)).not.toEqual(rows);
    expect(sampleRows(labels, 1000, 1)).toHaveLength(75);
  });
});
