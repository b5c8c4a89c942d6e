/** Eigenvectors of symmetric 3×3 matrices, in closed form. */
import type { Point3 } from '../image/raw-image.ts';

/** Upper triangle: xx, xy, xz, yy, yz, zz. */
export type Symmetric3 = readonly [xx: number, xy: number, xz: number, yy: number, yz: number, zz: number];

/**
 * Unit eigenvector of the smallest eigenvalue. Eigenvalues by Smith 1961; the vector is the longest cross product of
 * two rows of A − λI. Where the two smallest eigenvalues are equal it is one of their plane.
 * @returns the zero vector where no direction is distinguished: a multiple of the identity
 */
export function smallestEigenvector([xx, xy, xz, yy, yz, zz]: Symmetric3): Point3 {
  const scale = Math.max(Math.abs(xx), Math.abs(xy), Math.abs(xz), Math.abs(yy), Math.abs(yz), Math.abs(zz));
  if (!(scale > 0)) return [0, 0, 0];
  const [a, b, c, d, e, f] = [xx / scale, xy / scale, xz / scale, yy / scale, yz / scale, zz / scale];
  const mean = (a + d + f) / 3;
  const [p, q, r] = [a - mean, d - mean, f - mean];
  const spread = Math.sqrt((p * p + q * q + r * r + 2 * (b * b + c * c + e * e)) / 6);
  if (spread < 1e-12) return [0, 0, 0];
  const determinant = p * (q * r - e * e) - b * (b * r - e * c) + c * (b * e - q * c);
  const angle = Math.acos(Math.max(-1, Math.min(1, determinant / (2 * spread ** 3)))) / 3;
  const smallest = mean + 2 * spread * Math.cos(angle + (2 * Math.PI) / 3);

  const rows: readonly Point3[] = [
    [a - smallest, b, c],
    [b, d - smallest, e],
    [c, e, f - smallest],
  ];
  const vector = longest([cross(rows[0]!, rows[1]!), cross(rows[1]!, rows[2]!), cross(rows[2]!, rows[0]!)]);
  if (Math.hypot(...vector) > 1e-10) return normalized(vector);
  // A − λI has rank 1: whatever is perpendicular to its row
  const row = longest(rows);
  return normalized(longest([cross(row, [1, 0, 0]), cross(row, [0, 1, 0]), cross(row, [0, 0, 1])]));
}

export function cross([a, b, c]: Point3, [d, e, f]: Point3): Point3 {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

export function normalized([x, y, z]: Point3): Point3 {
  const length = Math.sqrt(x * x + y * y + z * z);
  return length > 0 ? [x / length, y / length, z / length] : [0, 0, 0];
}

const squaredLength = ([x, y, z]: Point3): number => x * x + y * y + z * z;

function longest(vectors: readonly Point3[]): Point3 {
  return vectors.reduce((best, v) => (squaredLength(v) > squaredLength(best) ? v : best));
}
