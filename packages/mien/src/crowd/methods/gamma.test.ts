import { expect, it } from 'vitest';
import { digammaGap, lnRisingFactorial } from './gamma.ts';

it.each([
  [0.001, 1],
  [0.3, 5],
  [2, 40],
  [50, 3],
  [1e4, 12],
])('are sums over whole steps: x = %d, n = %i', (x, n) => {
  const steps = Array.from({ length: n }, (_, i) => x + i);
  const [product, gap] = [steps.reduce((sum, s) => sum + Math.log(s), 0), steps.reduce((sum, s) => sum + 1 / s, 0)];
  expect(Math.abs(lnRisingFactorial(x, n) - product)).toBeLessThan(1e-11 * (1 + Math.abs(product)));
  expect(Math.abs(digammaGap(x, n) - gap)).toBeLessThan(1e-11 * (1 + gap));
});

it('agree between whole steps: the gap is the derivative', () => {
  for (const [x, n] of [
    [0.2, 0.5],
    [3, 2.25],
    [40, 7.5],
  ] as const) {
    const slope = (lnRisingFactorial(x + 1e-4, n) - lnRisingFactorial(x - 1e-4, n)) / 2e-4;
    expect(digammaGap(x, n)).toBeCloseTo(slope, 5);
  }
});
