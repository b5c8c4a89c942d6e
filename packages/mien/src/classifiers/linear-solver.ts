/**
 * A linear support vector machine for two classes, by coordinate descent on its dual.
 *   min_{w,b} ½‖w‖² + C Σᵢ ξᵢ,  ξᵢ = max(0, 1 − yᵢ(w·xᵢ + b)), or ξᵢ² (squared hinge)
 *   dual: max_α Σαᵢ − ½‖Σ αᵢyᵢxᵢ‖² (− Σαᵢ²/4C, squared),  Σ αᵢyᵢ = 0,  0 ≤ αᵢ ≤ C (αᵢ ≥ 0, squared)
 * Source: Hsieh, Chang, Lin, Keerthi & Sundararajan 2008, "A dual coordinate descent method for large-scale linear
 * SVM", algorithm 3 (random order, shrinking).
 *
 * Deviation: the offset b is not regularised, as in LibSVM. Hsieh et al. append a constant B to each sample, which adds
 * b²/(2B²) to the objective and drops the constraint Σ αᵢyᵢ = 0. Here that penalty is (b − b̄)²/(2B²), and b̄ moves to
 * b after each pass: the proximal point method (Rockafellar 1976), whose limit is the problem above.
 *
 * Shape legend: n samples of the two classes, D values.
 */
import type { Random } from '../tensor/index.ts';
import { bestOffset, totalLoss, type HingeLoss } from './hinge.ts';
import type { Rows } from './rows.ts';

export interface PairProblem {
  readonly rows: Rows;
  /** [n] their rows in the table. */
  readonly samples: Int32Array;
  /** [n] 1 or −1, both present. */
  readonly signs: Int8Array;
  readonly loss: HingeLoss;
  /** Rows of the table for the weights w, and one to work with. */
  readonly weights: number;
  readonly scratch: number;
}

export interface PairSolution {
  /** b; w stands in the table. */
  readonly offset: number;
  readonly primal: number;
  /** A lower bound of the optimum. */
  readonly dual: number;
  /** Passes over all samples, or over those not shrunk. */
  readonly passes: number;
  /** Whether primal − dual ≤ tolerance·primal was reached. */
  readonly converged: boolean;
}

export interface SolveOptions {
  readonly C: number;
  /** Largest duality gap, relative to the primal objective. */
  readonly tolerance: number;
  readonly maxPasses: number;
  readonly random: Random;
}

/** Shrinking's first tolerance of the projected gradient; it is divided by 4 whenever the gap is still too wide. */
const FIRST_SPREAD = 0.5;
/** B² as a share of the mean of ‖xᵢ‖². */
const OFFSET_SHARE = 0.1;

/** Solves one pair for a rising series of C, each starting from the solution before. */
export class PairSolver {
  readonly #p: PairProblem;
  readonly #alpha: Float64Array;
  readonly #norms: Float64Array;
  /** B² */
  readonly #offsetScale: number;
  #centre = 0;
  #C = 0;

  constructor(problem: PairProblem) {
    this.#p = problem;
    this.#alpha = new Float64Array(problem.samples.length);
    this.#norms = Float64Array.from(problem.samples, (i) => problem.rows.dot(i, i));
    this.#offsetScale = (OFFSET_SHARE * this.#norms.reduce((sum, v) => sum + v, 0)) / this.#norms.length || 1;
  }

  /** [n] the dual variables of the last solution, before they are made to sum to 0 over the signs. */
  get alpha(): Float64Array {
    return this.#alpha;
  }

  solve({ C, tolerance, maxPasses, random }: SolveOptions): PairSolution {
    this.#startFrom(C);
    const active = Int32Array.from(this.#alpha.keys());
    let count = active.length;
    let [high, low] = [Infinity, -Infinity];
    let spread = FIRST_SPREAD;
    let state = this.#certify();
    for (let passes = 1; ; passes++) {
      if (state.primal - state.dual <= tolerance * state.primal)
        return { ...state, passes: passes - 1, converged: true };
      if (passes > maxPasses) return { ...state, passes: maxPasses, converged: false };
      const pass = this.#pass(active, count, high, low, random);
      count = pass.count;
      if (pass.high - pass.low > spread && count > 0) {
        high = pass.high <= 0 ? Infinity : pass.high;
        low = pass.low >= 0 ? -Infinity : pass.low;
        continue;
      }
      // What is left has converged that far: all samples come back, and the gap decides
      state = this.#certify();
      count = active.length;
      [high, low] = [Infinity, -Infinity];
      spread /= 4;
    }
  }

  /**
   * α from a smaller C stays feasible; scaled by the ratio it is nearer (Chu et al. 2015), as bounded α stay at their
   * bound.
   */
  #startFrom(C: number): void {
    const ratio = this.#C > 0 ? C / this.#C : 0;
    for (let i = 0; i < this.#alpha.length; i++) this.#alpha[i]! *= ratio;
    this.#C = C;
  }

  /**
   * One pass over the active samples in random order, each step exact in its αᵢ:
   *   αᵢ ← min(max(αᵢ − Gᵢ/Q̄ᵢᵢ, 0), U),  Gᵢ = yᵢ(w·xᵢ + b) − 1 + dαᵢ,  Q̄ᵢᵢ = ‖xᵢ‖² + B² + d
   * with U = C, d = 0 (hinge) or U = ∞, d = 1/2C (squared). Samples at a bound whose gradient points out of the box
   * beyond that of the pass before are put behind `count`.
   */
  #pass(
    active: Int32Array,
    count: number,
    high: number,
    low: number,
    random: Random,
  ): { count: number; high: number; low: number } {
    const { rows, samples, signs, loss, weights } = this.#p;
    const alpha = this.#alpha;
    const upper = loss === 'hinge' ? this.#C : Infinity;
    const diagonal = loss === 'hinge' ? 0 : 0.5 / this.#C;
    let balance = this.#balance();
    let [newHigh, newLow] = [-Infinity, Infinity];
    for (let s = 0; s < count; s++) {
      const t = s + random.int(count - s);
      const i = active[t]!;
      active[t] = active[s]!;
      active[s] = i;
    }
    for (let s = 0; s < count; s++) {
      const i = active[s]!;
      const y = signs[i]!;
      const a = alpha[i]!;
      const G = y * (rows.dot(samples[i]!, weights) + this.#centre + this.#offsetScale * balance) - 1 + diagonal * a;
      if ((a === 0 && G > high) || (a === upper && G < low)) {
        active[s--] = active[--count]!;
        active[count] = i;
        continue;
      }
      const projected = a === 0 ? Math.min(G, 0) : a === upper ? Math.max(G, 0) : G;
      newHigh = Math.max(newHigh, projected);
      newLow = Math.min(newLow, projected);
      if (Math.abs(projected) < 1e-12) continue;
      const next = Math.min(Math.max(a - G / (this.#norms[i]! + this.#offsetScale + diagonal), 0), upper);
      alpha[i] = next;
      rows.add(weights, samples[i]!, (next - a) * y);
      balance += (next - a) * y;
    }
    this.#centre += this.#offsetScale * balance;
    return { count, high: newHigh, low: newLow };
  }

  /** Σ αᵢyᵢ */
  #balance(): number {
    return this.#alpha.reduce((sum, a, i) => sum + a * this.#p.signs[i]!, 0);
  }

  /**
   * Bounds of the optimum at the present α. Above: the objective at w and the best offset for it. Below: the dual at α
   * with the side whose sum is larger scaled down, so that Σ αᵢyᵢ = 0. w is summed anew, free of what rounding has
   * gathered.
   */
  #certify(): Pick<PairSolution, 'offset' | 'primal' | 'dual'> {
    const { rows, samples, signs, loss, weights, scratch } = this.#p;
    const alpha = this.#alpha;
    const sums = { positive: 0, negative: 0 };
    alpha.forEach((a, i) => {
      sums[signs[i]! > 0 ? 'positive' : 'negative'] += a;
    });
    const least = Math.min(sums.positive, sums.negative);
    const larger = sums.positive > sums.negative ? 1 : -1;
    const share = least > 0 ? least / Math.max(sums.positive, sums.negative) : 0;
    rows.row(weights).fill(0);
    rows.row(scratch).fill(0);
    let penalty = 0;
    alpha.forEach((a, i) => {
      if (a === 0) return;
      const y = signs[i]!;
      rows.add(weights, samples[i]!, a * y);
      // A difference from w, which is small near the end, rather than two large sums that cancel
      if (y === larger) rows.add(scratch, samples[i]!, (share - 1) * a * y);
      penalty += (least === 0 ? 0 : y === larger ? share * a : a) ** 2;
    });
    rows.add(scratch, weights, 1);
    let dual = least > 0 ? 2 * least - rows.dot(scratch, scratch) / 2 : 0;
    if (loss === 'squared-hinge') dual -= penalty / (4 * this.#C);

    const scores = Float64Array.from(samples, (i) => rows.dot(i, weights));
    const offset = bestOffset(scores, signs, loss);
    const primal = rows.dot(weights, weights) / 2 + this.#C * totalLoss(scores, signs, offset, loss);
    return { offset, primal, dual };
  }
}
