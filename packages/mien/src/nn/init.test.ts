import { describe, expect, it } from 'vitest';
import { toNumbers } from '../tensor/index.ts';
import { initialize, type Initializer } from './init.ts';

/** [O,I,k,k] with fan in 40·9 and fan out 60·9. */
const DIMS = [60, 40, 3, 3] as const;
const SIZE = 60 * 40 * 9;

function moments(init: Initializer): { mean: number; variance: number; greatest: number; kurtosis: number } {
  const v = toNumbers(initialize(init, DIMS, 5, 'w'));
  const mean = v.reduce((a, x) => a + x, 0) / v.length;
  const power = (p: number): number => v.reduce((a, x) => a + (x - mean) ** p, 0) / v.length;
  return { mean, variance: power(2), greatest: Math.max(...v.map(Math.abs)), kurtosis: power(4) / power(2) ** 2 };
}

describe.each<{ init: Initializer; variance: number }>([
  { init: { kind: 'gaussian', std: 0.05 }, variance: 0.05 ** 2 },
  { init: { kind: 'uniform', limit: 0.3 }, variance: 0.3 ** 2 / 3 },
  { init: { kind: 'he' }, variance: 2 / 360 },
  { init: { kind: 'he', fan: 'out' }, variance: 2 / 540 },
  { init: { kind: 'he', distribution: 'uniform' }, variance: 2 / 360 },
  { init: { kind: 'xavier' }, variance: 2 / 900 },
  { init: { kind: 'xavier', distribution: 'normal' }, variance: 2 / 900 },
  { init: { kind: 'orthogonal' }, variance: 1 / 360 },
])('$init', ({ init, variance }) => {
  it('has mean 0 and its variance', () => {
    const m = moments(init);
    // Five standard errors: of the mean √(v/n), of a Gaussian's variance v·√(2/n)
    expect(Math.abs(m.mean)).toBeLessThan(5 * Math.sqrt(variance / SIZE));
    expect(Math.abs(m.variance / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / SIZE));
  });
  it("has its distribution's tails", () => {
    const m = moments(init);
    const uniform =
      init.kind === 'uniform' || ('distribution' in init ? init.distribution === 'uniform' : init.kind === 'xavier');
    if (uniform) expect(m.greatest).toBeLessThanOrEqual(Math.sqrt(3 * variance) * (1 + 1e-6));
    // 1.8 for a uniform distribution, 3 for a Gaussian one
    expect(Math.abs(m.kurtosis - (uniform ? 1.8 : 3))).toBeLessThan(0.2);
  });
  it('depends on seed and name alone', () => {
    expect(initialize(init, DIMS, 5, 'w')).toEqual(initialize(init, DIMS, 5, 'w'));
    expect(initialize(init, DIMS, 6, 'w').data).not.toEqual(initialize(init, DIMS, 5, 'w').data);
    expect(initialize(init, DIMS, 5, 'v').data).not.toEqual(initialize(init, DIMS, 5, 'w').data);
  });
});

it.each([
  [12, 30],
  [30, 12],
  [16, 16],
])('orthogonal [%i,%i]: the shorter side is orthonormal, times the gain', (rows, columns) => {
  const w = toNumbers(initialize({ kind: 'orthogonal', gain: 2 }, [rows, columns], 1, 'w'));
  const at = (i: number, k: number): number => (rows <= columns ? w[i * columns + k]! : w[k * columns + i]!);
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let product = 0;
      for (let k = 0; k < length; k++) product += at(i, k) * at(j, k);
      expect(product).toBeCloseTo(i === j ? 4 : 0, 5);
    }
  }
});

it('identity and constant', () => {
  expect(toNumbers(initialize({ kind: 'identity', scale: 0.5 }, [2, 3], 0, 'w'))).toEqual([0.5, 0, 0, 0, 0.5, 0]);
  expect(toNumbers(initialize({ kind: 'constant', value: 3 }, [2], 0, 'w'))).toEqual([3, 3]);
});

it('refuses dimensions that do not fit, by name', () => {
  expect(() => initialize({ kind: 'identity' }, [2, 3, 1], 0, 'cell.w')).toThrow(
    'identity initial values of cell.w: two dimensions are needed, got [2,3,1]',
  );
  expect(() => initialize({ kind: 'orthogonal' }, [7], 0, 'b')).toThrow(
    'orthogonal initial values of b: at least two dimensions are needed, got [7]',
  );
  expect(() => initialize({ kind: 'values', values: [1] }, [2], 0, 'b')).toThrow(
    'initial values of b: expected 2, got 1',
  );
});
