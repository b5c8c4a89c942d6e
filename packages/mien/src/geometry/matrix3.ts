/** 3×3 matrices as flat, row-major tuples: m[3·row + column]. */
import type { Point3 } from '../image/raw-image.ts';

export type Matrix3 = readonly [
  m00: number,
  m01: number,
  m02: number,
  m10: number,
  m11: number,
  m12: number,
  m20: number,
  m21: number,
  m22: number,
];

/** @returns m · p */
export function applyMatrix3(m: Matrix3, [x, y, z]: Point3): Point3 {
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z];
}

/** @returns a · b */
export function multiplyMatrix3(a: Matrix3, b: Matrix3): Matrix3 {
  const entry = (row: number, column: number): number =>
    a[3 * row]! * b[column]! + a[3 * row + 1]! * b[column + 3]! + a[3 * row + 2]! * b[column + 6]!;
  return [
    entry(0, 0),
    entry(0, 1),
    entry(0, 2),
    entry(1, 0),
    entry(1, 1),
    entry(1, 2),
    entry(2, 0),
    entry(2, 1),
    entry(2, 2),
  ];
}

/** The transpose; of a rotation, its inverse. */
export function transposed([a, b, c, d, e, f, g, h, i]: Matrix3): Matrix3 {
  return [a, d, g, b, e, h, c, f, i];
}
