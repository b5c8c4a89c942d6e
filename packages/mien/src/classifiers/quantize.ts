/** Features in 256 steps, for the histograms of decision trees. Shape legend: N samples, D features. */
import type { Features } from './training-set.ts';

export const STEPS = 256;

export interface Quantized {
  /** [D,N] feature after feature: the number of thresholds below the value. */
  readonly codes: Uint8Array;
  /** [D] each rising: a value v has a code of at most c exactly when v ≤ thresholds[c]. */
  readonly thresholds: readonly Float32Array[];
}

/**
 * Thresholds lie half-way between neighbouring values of the training set: all of them where a feature has at most 256
 * values, as pixels have, so that nothing is lost; otherwise 255 at even ranks.
 * @param rows rows of x that train, N of them
 */
export function quantize(x: Features, rows: Int32Array): Quantized {
  const D = x.dims[1]!;
  const N = rows.length;
  const codes = new Uint8Array(D * N);
  const column = new Float32Array(N);
  const thresholds = Array.from({ length: D }, (_, j) => {
    for (let t = 0; t < N; t++) column[t] = x.data[rows[t]! * D + j]!;
    const cuts = cutsOf(Float32Array.from(column).sort());
    for (let t = 0; t < N; t++) codes[j * N + t] = countBelow(cuts, column[t]!);
    return cuts;
  });
  return { codes, thresholds };
}

function cutsOf(sorted: Float32Array): Float32Array {
  const ends: number[] = [];
  for (let i = 0; i + 1 < sorted.length; i++) if (sorted[i]! < sorted[i + 1]!) ends.push(i);
  const most = STEPS - 1;
  const chosen = ends.length <= most ? ends : evenRanks(ends, sorted.length, most);
  // Halves first: the sum of two large values may overflow. Where rounding would reach the upper value the lower one
  // separates too
  return Float32Array.from(chosen, (i) => {
    const middle = Math.fround(sorted[i]! / 2 + sorted[i + 1]! / 2);
    return middle < sorted[i + 1]! ? middle : sorted[i]!;
  });
}

/** For each of `count` even ranks the first end of a run of equal values at or after it. */
function evenRanks(ends: readonly number[], N: number, count: number): number[] {
  const chosen = new Set<number>();
  let e = 0;
  for (let c = 1; c <= count; c++) {
    while (e < ends.length - 1 && ends[e]! + 1 < (c * N) / (count + 1)) e++;
    chosen.add(ends[e]!);
  }
  return [...chosen];
}

/** The number of cuts that are less than the value, by bisection. */
function countBelow(cuts: Float32Array, value: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
