/** Random matrices with orthonormal rows or columns. */

/**
 * A rows×columns matrix, row-major in float64, whose shorter side is orthonormal, uniformly distributed over such
 * matrices (a Gaussian matrix, orthonormalised): modified Gram–Schmidt, run twice, which leaves an error of rounding
 * size.
 * @param normal draws from N(0, 1)
 */
export function orthogonalRows(rows: number, columns: number, normal: () => number): Float64Array {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, normal));
  vectors.forEach((v, i) => {
    for (let pass = 0; pass < 2; pass++) for (let j = 0; j < i; j++) subtract(v, vectors[j]!, dot(v, vectors[j]!));
    const norm = Math.sqrt(dot(v, v));
    for (let k = 0; k < length; k++) v[k]! /= norm;
  });
  const out = new Float64Array(rows * columns);
  vectors.forEach((v, i) =>
    v.forEach((value, k) => {
      out[rows <= columns ? i * columns + k : k * columns + i] = value;
    }),
  );
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

function subtract(v: Float64Array, direction: Float64Array, amount: number): void {
  for (let k = 0; k < v.length; k++) v[k]! -= amount * direction[k]!;
}
