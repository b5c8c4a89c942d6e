import { allclose, readGolden } from 'mien-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeImage, rawImage } from '../image/index.ts';
import { lbpCodes } from '../image/lbp-codes.ts';
import { Random } from '../tensor/index.ts';
import { classicalScaling } from './classical-scaling.ts';
import { codeColors } from './code-colors.ts';
import { codeDistances, type CodeTopology } from './code-distance.ts';

const golden = await readGolden(new URL('./golden/features-small.golden.json', import.meta.url));
const TOPOLOGIES = ['line', 'circle'] as const satisfies readonly CodeTopology[];
const between: Record<CodeTopology, Float64Array> = { line: codeDistances('line'), circle: codeDistances('circle') };
const distance = (p: number, q: number, topology: CodeTopology): number => between[topology][p * 256 + q]!;
const code = fc.integer({ min: 0, max: 255 });
const ones = (p: number): number[] => [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => (p >> i) & 1);
const rotated = (p: number, by: number): number => ((p << by) | (p >> (8 - by))) & 255;

/** The least cost over all ways to give each one of the shorter list a partner in the longer. */
function leastMatching(
  shorter: readonly number[],
  longer: readonly number[],
  cost: (a: number, b: number) => number,
): number {
  const [first, ...rest] = shorter;
  if (first === undefined) return 0;
  return Math.min(...longer.map((b, i) => cost(first, b) + leastMatching(rest, longer.toSpliced(i, 1), cost)));
}

describe('codeDistances', () => {
  it.each(TOPOLOGIES)('%s: a metric', (topology) => {
    fc.assert(
      fc.property(code, code, code, (p, q, r) => {
        expect(distance(p, q, topology) === 0).toBe(p === q);
        expect(distance(p, q, topology)).toBe(distance(q, p, topology));
        expect(distance(p, q, topology)).toBeLessThanOrEqual(distance(p, r, topology) + distance(r, q, topology));
      }),
    );
  });

  it('line: the difference of cumulative sums', () => {
    fc.assert(
      fc.property(code, code, (p, q) => {
        const sums = Array.from({ length: 8 }, (_, i) =>
          Math.abs(ones(p).filter((b) => b <= i).length - ones(q).filter((b) => b <= i).length),
        );
        expect(distance(p, q, 'line')).toBe(sums.reduce((a, b) => a + b, 0));
      }),
    );
  });

  it("line: SciPy's earth mover's distance of codes with as many ones", () => {
    const rows = golden.document['lineDistances'] as [number, number, number][];
    expect(rows.length).toBeGreaterThan(100);
    for (const [p, q, wanted] of rows) expect(distance(p, q, 'line')).toBe(wanted);
  });

  it('circle: the best matching along arcs, and 4 for each one left over', () => {
    const arc = (a: number, b: number): number => Math.min(Math.abs(a - b), 8 - Math.abs(a - b));
    fc.assert(
      fc.property(code, code, (p, q) => {
        const [shorter, longer] = [ones(p), ones(q)].sort((a, b) => a.length - b.length) as [number[], number[]];
        fc.pre(longer.length <= 6 || shorter.length <= 3);
        expect(distance(p, q, 'circle')).toBe(
          leastMatching(shorter, longer, arc) + 4 * (longer.length - shorter.length),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('circle: unchanged by rotation, and bit 7 is beside bit 0', () => {
    expect(distance(0b1, 0b10000000, 'circle')).toBe(1);
    expect(distance(0b1, 0b10000000, 'line')).toBe(7);
    fc.assert(
      fc.property(code, code, fc.integer({ min: 1, max: 7 }), (p, q, by) => {
        expect(distance(rotated(p, by), rotated(q, by), 'circle')).toBe(distance(p, q, 'circle'));
      }),
    );
  });
});

describe('classicalScaling', () => {
  const distancesOf = (points: readonly (readonly number[])[]): Float64Array =>
    Float64Array.from(points.flatMap((a) => points.map((b) => Math.hypot(...a.map((v, c) => v - b[c]!)))));

  it('recovers points in the plane, up to a rigid motion; a square too, whose axes are not determined', () => {
    const square = [
      [3, 4],
      [5, 4],
      [5, 6],
      [3, 6],
    ];
    for (const points of [
      [
        [0, 0],
        [3, 1],
        [1, 5],
        [-2, 4],
        [7, 7],
      ],
      square,
    ]) {
      const found = classicalScaling(distancesOf(points), 2);
      const rows = points.map((_, i) => Array.from(found.subarray(2 * i, 2 * i + 2)));
      allclose(distancesOf(rows), distancesOf(points), { atol: 1e-9 });
    }
    // The first corner is put on the first axis, the second on the positive side of the second.
    allclose(classicalScaling(distancesOf(square), 2), [Math.SQRT2, 0, 0, Math.SQRT2, -Math.SQRT2, 0, 0, -Math.SQRT2], {
      atol: 1e-9,
    });
  });

  it("agrees with NumPy's eigenvectors on the codes", () => {
    const { eigenvalues, distances } = golden.document['lineScaling'] as { eigenvalues: number[]; distances: number[] };
    const points = classicalScaling(between.line, 3);
    const squares = [0, 1, 2].map((c) => points.reduce((sum, v, i) => sum + (i % 3 === c ? v * v : 0), 0));
    allclose(squares, eigenvalues, { rtol: 1e-9 });
    const some = Array.from({ length: 16 }, (_, i) => Array.from(points.subarray(51 * i, 51 * i + 3)));
    allclose(distancesOf(some), distances, { rtol: 1e-8, atol: 1e-8 });
  });

  it('refuses what is not square, and more dimensions than there are', () => {
    expect(() => classicalScaling(new Float64Array(5), 1)).toThrow(
      'classicalScaling: distances: expected n·n numbers, got 5',
    );
    expect(() => classicalScaling(distancesOf([[0], [1], [3]]), 2)).toThrow(
      'classicalScaling: dimensions: expected at most 1, which is what the distances span, got 2',
    );
    expect(() => classicalScaling(new Float64Array(4), 1)).toThrow('expected at most 0');
  });
});

describe('codeColors', () => {
  it.each(TOPOLOGIES)('%s: colours fill the bytes along the longest axis, and are near where codes are', (topology) => {
    const colors = codeColors(topology);
    const axis = (c: number): number[] => Array.from({ length: 256 }, (_, p) => colors[3 * p + c]!);
    expect([Math.min(...axis(0)), Math.max(...axis(0))]).toEqual([0, 255]);
    for (const c of [1, 2]) expect((Math.min(...axis(c)) + Math.max(...axis(c))) / 2).toBeCloseTo(128, -1);
    // Rank by rank: of all pairs, distances of colours follow those of codes (Pearson).
    const pairs = Array.from(
      { length: 65_536 },
      (_, i) =>
        [
          between[topology][i]!,
          Math.hypot(...[0, 1, 2].map((c) => colors[3 * (i >> 8) + c]! - colors[3 * (i & 255) + c]!)),
        ] as const,
    );
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const [mx, my] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
    const covariance = (f: (p: readonly [number, number]) => number): number => mean(pairs.map(f));
    const correlation =
      covariance(([x, y]) => (x - mx) * (y - my)) /
      Math.sqrt(covariance(([x]) => (x - mx) ** 2) * covariance(([, y]) => (y - my) ** 2));
    expect(correlation).toBeGreaterThan(0.9);
  });

  it('circle: rotated codes lie on a circle around the first axis', () => {
    const colors = codeColors('circle');
    const at = (p: number): number[] => [0, 1, 2].map((c) => colors[3 * p + c]!);
    const radius = (p: number): number => Math.hypot(at(p)[1]! - 127.5, at(p)[2]! - 127.5);
    for (const p of [0b1, 0b111, 0b1111, 0b10011]) {
      for (let by = 1; by < 8; by++) {
        expect(Math.abs(at(rotated(p, by))[0]! - at(p)[0]!)).toBeLessThanOrEqual(1);
        expect(Math.abs(radius(rotated(p, by)) - radius(p))).toBeLessThan(1.5);
      }
    }
    expect(radius(0b111)).toBeGreaterThan(20);
  });

  it.each([
    [1, 'line'],
    [5, 'line'],
    [10, 'line'],
    [5, 'circle'],
  ] as const)('are what the step mapped-lbp paints with: radius %i, %s', (radius, topology) => {
    const [side, random] = [40, new Random(1, 'pixels')];
    const image = rawImage(
      side,
      side,
      1,
      Uint8Array.from({ length: side * side }, () => random.int(256)),
    );
    const colors = codeColors(topology);
    const codes = lbpCodes(image, radius);
    expect(new Set(codes).size).toBeGreaterThan(150);
    const mapped = normalizeImage(image, [{ name: 'mapped-lbp', radius, circle: topology === 'circle' ? 1 : 0 }]);
    expect(Array.from(mapped.data)).toEqual(
      Array.from(codes).flatMap((c) => Array.from(colors.subarray(3 * c, 3 * c + 3))),
    );
  });
});
