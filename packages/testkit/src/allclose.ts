import type { Tensor } from 'mienjs/tensor';
import { toNumbers } from 'mienjs/tensor';

export interface Tolerance {
  /** As a share of the expected value. */
  readonly rtol?: number;
  readonly atol?: number;
}

type Numbers = Tensor | ArrayLike<number>;

/**
 * Passes when |actual − expected| ≤ atol + rtol·|expected| for every element (NaN equals NaN) and, of tensors,
 * the dimensions are equal. Dtypes may differ.
 * @throws {Error} that tells how many elements differ and which differs most
 */
export function allclose(actual: Numbers, expected: Numbers, { rtol = 1e-5, atol = 1e-8 }: Tolerance = {}): void {
  const [a, e] = [numbers(actual), numbers(expected)];
  const dims = 'dims' in expected ? expected.dims : undefined;
  if (dims !== undefined && 'dims' in actual && actual.dims.join() !== dims.join()) {
    throw new Error(`allclose: expected the shape [${dims.join(',')}], got [${actual.dims.join(',')}]`);
  }
  if (a.length !== e.length) throw new Error(`allclose: expected ${e.length} elements, got ${a.length}`);
  let failures = 0;
  let worst = { index: -1, excess: 0 };
  for (let i = 0; i < e.length; i++) {
    const excess = exceedance(a[i]!, e[i]!, rtol, atol);
    if (excess <= 1) continue;
    failures++;
    if (excess > worst.excess) worst = { index: i, excess };
  }
  if (failures === 0) return;
  const { index } = worst;
  const difference = Math.abs(a[index]! - e[index]!);
  throw new Error(
    `allclose: ${failures} of ${e.length} elements differ; the worst at [${position(index, dims ?? [e.length]).join(',')}]: ` +
      `expected ${e[index]}, got ${a[index]} (off by ${difference.toExponential(2)}, ${(difference / Math.abs(e[index]!)).toExponential(2)} relative; rtol ${rtol}, atol ${atol})`,
  );
}

/**
 * `allclose` to this share of the expected tensor's largest element, for gradients: their small elements are
 * differences of large numbers.
 */
export function allcloseToLargest(actual: Tensor, expected: Tensor, share: number): void {
  allclose(actual, expected, { rtol: 0, atol: share * Math.max(...toNumbers(expected).map(Math.abs)) });
}

/** The error in units of what is allowed; Infinity where one side is not finite and the other differs. */
function exceedance(a: number, e: number, rtol: number, atol: number): number {
  if (Object.is(a, e) || a === e) return 0;
  const difference = Math.abs(a - e);
  if (!Number.isFinite(difference)) return Infinity;
  const allowed = atol + rtol * Math.abs(e);
  return allowed === 0 ? Infinity : difference / allowed;
}

function numbers(values: Numbers): ArrayLike<number> {
  return 'dims' in values ? toNumbers(values) : values;
}

function position(index: number, dims: readonly number[]): number[] {
  let rest = index;
  return dims
    .toReversed()
    .map((d) => {
      const i = rest % d;
      rest = Math.floor(rest / d);
      return i;
    })
    .reverse();
}
