/**
 * A support vector machine for two classes on a matrix of kernel values, by sequential minimal optimisation.
 *   min_α ½ αᵀQα − Σαᵢ,  Qᵢⱼ = yᵢyⱼK(xᵢ,xⱼ),  Σ αᵢyᵢ = 0,  0 ≤ αᵢ ≤ C
 * Source: Fan, Chen & Lin 2005, "Working set selection using second order information", as LibSVM has it. Deviation: no
 * shrinking, as the whole matrix is at hand.
 *
 * Shape legend: n samples.
 */

export interface SmoSolution {
  /** [n] */
  readonly alpha: Float64Array;
  /** The decision value of x is Σ αᵢyᵢK(xᵢ,x) + offset. */
  readonly offset: number;
  /** Value of the minimum above. */
  readonly objective: number;
  readonly iterations: number;
  /** Whether the largest violation of the optimality conditions came under the tolerance. */
  readonly converged: boolean;
}

export interface SmoOptions {
  readonly C: number;
  /** Largest violation, in units of the decision value; LibSVM's default is 1e-3. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** In place of a curvature that rounding makes 0 or less. */
const MIN_CURVATURE = 1e-12;

/**
 * @param kernel [n,n], symmetric, row-major   @param signs [n], yᵢ = 1 or −1, both present
 */
export function solveSmo(
  kernel: Float32Array,
  signs: Int8Array,
  { C, tolerance, maxIterations }: SmoOptions,
): SmoSolution {
  const n = signs.length;
  const alpha = new Float64Array(n);
  const gradient = new Float64Array(n).fill(-1);
  const diagonal = Float64Array.from(signs, (_, i) => kernel[i * n + i]!);
  let iterations = 0;
  let converged = false;
  while (iterations < maxIterations) {
    // i: the largest −y∇ among those that can move up; j: the greatest fall of the objective with i
    let i = -1;
    let up = -Infinity;
    for (let t = 0; t < n; t++) {
      const y = signs[t]!;
      if (y > 0 ? alpha[t]! >= C : alpha[t]! <= 0) continue;
      const v = -y * gradient[t]!;
      if (v > up) {
        up = v;
        i = t;
      }
    }
    if (i < 0) break;
    let j = -1;
    let low = Infinity;
    let best = Infinity;
    const row = i * n;
    for (let t = 0; t < n; t++) {
      const y = signs[t]!;
      if (y > 0 ? alpha[t]! <= 0 : alpha[t]! >= C) continue;
      const v = -y * gradient[t]!;
      low = Math.min(low, v);
      const violation = up - v;
      if (violation <= 0) continue;
      const curvature = Math.max(diagonal[i]! + diagonal[t]! - 2 * kernel[row + t]!, MIN_CURVATURE);
      const fall = (-violation * violation) / curvature;
      if (fall < best) {
        best = fall;
        j = t;
      }
    }
    converged = up - low < tolerance;
    if (converged || j < 0) break;
    iterations++;
    // αᵢ += yᵢs, αⱼ −= yⱼs keeps Σ αy; s is the step to the minimum, cut where one of them leaves its box
    const [yi, yj] = [signs[i]!, signs[j]!];
    const curvature = Math.max(diagonal[i]! + diagonal[j]! - 2 * kernel[row + j]!, MIN_CURVATURE);
    const room = Math.min(yi > 0 ? C - alpha[i]! : alpha[i]!, yj > 0 ? alpha[j]! : C - alpha[j]!);
    const step = Math.min((up + yj * gradient[j]!) / curvature, room);
    alpha[i] = snap(alpha[i]! + yi * step, C);
    alpha[j] = snap(alpha[j]! - yj * step, C);
    for (let t = 0, other = j * n; t < n; t++)
      gradient[t]! += signs[t]! * step * (kernel[row + t]! - kernel[other + t]!);
  }
  const objective = alpha.reduce((sum, a, t) => sum + (a * (gradient[t]! - 1)) / 2, 0);
  return { alpha, offset: offsetOf(alpha, gradient, signs, C), objective, iterations, converged };
}

/** To a bound that rounding has only just missed, as free and bound variables are told apart by equality. */
function snap(a: number, C: number): number {
  if (a < 1e-12 * C) return 0;
  return a > C * (1 - 1e-12) ? C : a;
}

/**
 * b = the mean of −y∇ over 0 < α < C, where the margin is reached exactly; the middle of what is allowed if there is
 * none.
 */
function offsetOf(alpha: Float64Array, gradient: Float64Array, signs: Int8Array, C: number): number {
  let [sum, free, least, most] = [0, 0, -Infinity, Infinity];
  for (let t = 0; t < alpha.length; t++) {
    const y = signs[t]!;
    const v = -y * gradient[t]!;
    const isLow = alpha[t]! <= 0;
    if (!isLow && alpha[t]! < C) {
      sum += v;
      free++;
    } else if (isLow === y > 0) least = Math.max(least, v);
    else most = Math.min(most, v);
  }
  return free > 0 ? sum / free : (least + most) / 2;
}
