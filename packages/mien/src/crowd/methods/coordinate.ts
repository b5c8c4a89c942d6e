/**
 * The M-step of the sigmoid models (GLAD, RAF), one reliability or one ease at a time.
 *
 * With z_v = α_w β_t and q_v the posterior of the label voted, the expected log-likelihood Σ_v q_v ln σ(z_v) + (1 −
 * q_v) ln(1 − σ(z_v)) is, as a function of one worker's x = α (or one task's x = β) with slopes s_v = β (or α):
 *   f(x) = c·x − Σ_v ln(1 + e^(s_v x)),  c = Σ_v q_v s_v
 *   f′(x) = c − Σ_v σ(s_v x) s_v,  f″(x) = −Σ_v σ(s_v x)(1 − σ(s_v x)) s_v²
 * so f is concave, and the coordinates of one side are independent given the other side.
 * With a prior, −½(u − mean)² is added, u = x or u = ln x.
 */

/** Products of factors in [1, 2] are taken to logarithms before they can overflow. */
const LARGE = 1e290;

export class Coordinate {
  /** Value of the last evaluation. */
  value = 0;
  /** f′(u) */
  gradient = 0;
  /** −f″(u) */
  curvature = 0;
  readonly #start: Int32Array;
  readonly #other: Int32Array;
  readonly #slopes: Float64Array;
  readonly #isLog: boolean;
  readonly #priorMean: number | undefined;
  #from = 0;
  #to = 0;
  #c = 0;

  /**
   * @param start [n+1], other [N]: the votes of each coordinate in CSR form, and whose slope each takes
   * @param slopes one for each on the other side
   * @param isLog whether the coordinate u is ln x rather than x
   * @param priorMean of the N(mean, 1) prior on u; none if undefined
   */
  constructor(
    start: Int32Array,
    other: Int32Array,
    slopes: Float64Array,
    isLog: boolean,
    priorMean: number | undefined,
  ) {
    this.#start = start;
    this.#other = other;
    this.#slopes = slopes;
    this.#isLog = isLog;
    this.#priorMean = priorMean;
  }

  /** @param i the coordinate   @param c Σ_v q_v s_v of its votes */
  select(i: number, c: number): void {
    this.#from = this.#start[i]!;
    this.#to = this.#start[i + 1]!;
    this.#c = c;
  }

  /** Sets value, gradient and curvature at u. @returns Σ_v ln(1 + e^(s_v x)) */
  evaluate(u: number): number {
    const x = this.#isLog ? Math.exp(u) : u;
    const other = this.#other;
    const slopes = this.#slopes;
    let softplus = 0;
    let product = 1;
    let first = 0;
    let second = 0;
    for (let v = this.#from; v < this.#to; v++) {
      const s = slopes[other[v]!]!;
      const z = s * x;
      // ln(1 + e^z) = max(z, 0) + ln(1 + e^−|z|); the logarithms are taken of products of many factors at once
      const e = Math.exp(z < 0 ? z : -z);
      const inverse = 1 / (1 + e);
      if (z > 0) softplus += z;
      product *= 1 + e;
      if (product > LARGE) {
        softplus += Math.log(product);
        product = 1;
      }
      first += (z < 0 ? e * inverse : inverse) * s;
      second += e * inverse * inverse * s * s;
    }
    softplus += Math.log(product);
    this.value = this.#c * x - softplus;
    this.gradient = this.#c - first;
    this.curvature = second;
    if (this.#isLog) {
      this.gradient *= x;
      this.curvature = second * x * x - this.gradient;
    }
    if (this.#priorMean !== undefined) {
      const off = u - this.#priorMean;
      this.value -= 0.5 * off * off;
      this.gradient -= off;
      this.curvature += 1;
    }
    return softplus;
  }

  /**
   * One Newton step from u, where it was evaluated last, halved until the value does not fall.
   * @returns the new u in [low, high]; u itself where no step gains
   */
  ascend(u: number, low: number, high: number): number {
    const { value, gradient, curvature } = this;
    const longest = Math.max(1, Math.abs(u));
    let step = curvature > 0 ? gradient / curvature : Infinity * Math.sign(gradient);
    if (!(Math.abs(step) <= longest)) step = longest * Math.sign(gradient);
    for (let halvings = 0; halvings < 30; halvings++, step /= 2) {
      const next = Math.min(high, Math.max(low, u + step));
      if (next === u) return u;
      this.evaluate(next);
      if (this.value >= value) return next;
    }
    return u;
  }
}
