import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32, type Tensor } from '../tensor/index.ts';
import { mixUp } from './mixup.ts';

/** Row i of `x` holds 2^i, so that what was blended with what can be read off; the target is one-hot. */
function batch(B: number): { x: Tensor; t: Tensor } {
  return {
    x: float32(
      [B, 2],
      Float32Array.from({ length: 2 * B }, (_, i) => 2 ** (i >> 1)),
    ),
    t: float32(
      [B, B],
      Float32Array.from({ length: B * B }, (_, i) => (i % (B + 1) === 0 ? 1 : 0)),
    ),
  };
}

describe('mixUp', () => {
  it('blends images and targets by the same share and with the same partner', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10 }),
        fc.nat(),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (B, seed, alpha) => {
          const { x, t } = mixUp(batch(B), { alpha }, seed, 3, 7) as { x: Tensor; t: Tensor };
          for (let i = 0; i < B; i++) {
            const row = (t.data as Float32Array).subarray(i * B, (i + 1) * B);
            expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
            expect(row.filter((v) => v > 0).length).toBeLessThanOrEqual(2);
            expect(Number(x.data[2 * i]) / row.reduce((sum, v, k) => sum + v * 2 ** k, 0)).toBeCloseTo(1, 5);
          }
        },
      ),
    );
  });

  it('draws shares of the Beta distribution: mean ½, variance 1/(4(2α + 1))', () => {
    for (const alpha of [0.2, 1]) {
      const shares = Array.from({ length: 4000 }, (_, step) => {
        const { t } = mixUp({ t: float32([2, 1], [0, 1]) }, { alpha }, 1, 0, step) as { t: Tensor };
        const [a, b] = t.data as Float32Array;
        return a === 0 && b === 1 ? undefined : a!;
      }).filter((v): v is number => v !== undefined);
      const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
      const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / shares.length;
      expect(mean).toBeGreaterThan(0.47);
      expect(mean).toBeLessThan(0.53);
      expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.93);
      expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.07);
    }
  });

  it('depends on seed, epoch and step alone, and rests where it is not active', () => {
    const feeds = batch(6);
    const values = (seed: number, epoch: number, step: number): number[] => [
      ...(mixUp(feeds, { alpha: 1 }, seed, epoch, step)['x']!.data as Float32Array),
    ];
    expect(values(1, 2, 3)).toEqual(values(1, 2, 3));
    for (const other of [values(2, 2, 3), values(1, 3, 3), values(1, 2, 4)]) expect(other).not.toEqual(values(1, 2, 3));
    expect(mixUp(feeds, { alpha: 1, active: (epoch) => epoch < 5 }, 1, 5, 0)).toEqual(feeds);
  });
});
