/** Curves of one variable, and of points, that shapes are made of. */
import type { Point3 } from '../../image/raw-image.ts';

export type Curve = (x: number) => number;

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
export const mix = (from: number, to: number, t: number): number => from + (to - from) * t;

/** 0 up to `low`, 1 from `high` on, smooth between. */
export function smoothstep(low: number, high: number, x: number): number {
  const t = clamp((x - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

/**
 * A smooth curve through points that never overshoots them; constant outside.
 * Source: Fritsch & Carlson 1980 (monotone piecewise cubic interpolation).
 * @param xs ascending, at least two   @param ys as many
 */
export function monotoneCurve(xs: readonly number[], ys: readonly number[]): Curve {
  const n = xs.length;
  const slopes = Array.from({ length: n - 1 }, (_, i) => (ys[i + 1]! - ys[i]!) / (xs[i + 1]! - xs[i]!));
  const tangents = Array.from({ length: n }, (_, i) => {
    if (i === 0 || i === n - 1) return i === 0 ? 0 : slopes[n - 2]!;
    const [a, b] = [slopes[i - 1]!, slopes[i]!];
    return a * b <= 0 ? 0 : (2 * a * b) / (a + b);
  });
  return (x) => {
    if (x <= xs[0]!) return ys[0]!;
    if (x >= xs[n - 1]!) return ys[n - 1]!;
    let i = 0;
    while (x > xs[i + 1]!) i++;
    const h = xs[i + 1]! - xs[i]!;
    const t = (x - xs[i]!) / h;
    const [t2, t3] = [t * t, t * t * t];
    return (
      (2 * t3 - 3 * t2 + 1) * ys[i]! +
      (t3 - 2 * t2 + t) * h * tangents[i]! +
      (3 * t2 - 2 * t3) * ys[i + 1]! +
      (t3 - t2) * h * tangents[i + 1]!
    );
  };
}

/** A smooth path through points, all at the same distance of the parameter (Catmull & Rom 1974). @param t 0 … 1 */
export function pathPoint(points: readonly Point3[], t: number): Point3 {
  const last = points.length - 1;
  const at = clamp(t, 0, 1) * last;
  const i = Math.min(last - 1, Math.floor(at));
  const f = at - i;
  const [a, b, c, d] = [points[Math.max(0, i - 1)]!, points[i]!, points[i + 1]!, points[Math.min(last, i + 2)]!];
  const one = (k: 0 | 1 | 2): number =>
    b[k] +
    0.5 * f * (c[k] - a[k] + f * (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k] + f * (3 * (b[k] - c[k]) + d[k] - a[k])));
  return [one(0), one(1), one(2)];
}
