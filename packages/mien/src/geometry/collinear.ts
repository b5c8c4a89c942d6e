/** Whether points lie on one line, by their scatter. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Point3 } from '../image/raw-image.ts';

/** As a share of the largest extent, squared: what counts as none. */
const TOLERANCE = 1e-12;

export function isOnLine(points: readonly Point3[]): boolean {
  const mean = [0, 1, 2].map((k) => points.reduce((sum, p) => sum + p[k as 0]!, 0) / points.length);
  const scatter = Matrix.zeros(3, 3);
  for (const p of points)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        scatter.set(a, b, scatter.get(a, b) + (p[a as 0]! - mean[a]!) * (p[b as 0]! - mean[b]!));
  const [, middle, largest] = new EigenvalueDecomposition(scatter, { assumeSymmetric: true }).realEigenvalues.sort(
    (a, b) => a - b,
  ) as [number, number, number];
  return !(middle > TOLERANCE * largest);
}
