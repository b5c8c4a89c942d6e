/**
 * The Cholesky decomposition A = LLᵀ, in place on one flat array: ml-matrix's, by element access, takes several times
 * as long (docs/adr/0006-own-classifiers.md).
 */
import { MienError } from '../errors.ts';

/**
 * Solves AX = B.
 * @param A [D,D] symmetric and positive definite; its lower triangle becomes L
 * @param B columns of [D]   @returns columns of [D]
 * @throws {MienError} when A is not positive definite
 */
export function choleskySolve(A: Float64Array, D: number, B: readonly Float64Array[]): Float64Array[] {
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = A[i * D + j]! - rowDot(A, i * D, j * D, j);
      if (i === j && !(rest > 0)) throw new MienError('choleskySolve: the matrix is not positive definite');
      A[i * D + j] = i === j ? Math.sqrt(rest) : rest / A[j * D + j]!;
    }
  }
  return B.map((b) => {
    const x = Float64Array.from(b);
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < i; j++) x[i]! -= A[i * D + j]! * x[j]!;
      x[i]! /= A[i * D + i]!;
    }
    for (let i = D - 1; i >= 0; i--) {
      x[i]! /= A[i * D + i]!;
      for (let j = 0; j < i; j++) x[j]! -= A[i * D + j]! * x[i]!;
    }
    return x;
  });
}

/** Σ A[p+k]·A[q+k], k < n, in four partial sums, which keep the processor busy. */
function rowDot(A: Float64Array, p: number, q: number, n: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < n; k += 4) {
    a += A[p + k]! * A[q + k]!;
    b += A[p + k + 1]! * A[q + k + 1]!;
    c += A[p + k + 2]! * A[q + k + 2]!;
    d += A[p + k + 3]! * A[q + k + 3]!;
  }
  for (; k < n; k++) a += A[p + k]! * A[q + k]!;
  return a + b + c + d;
}
