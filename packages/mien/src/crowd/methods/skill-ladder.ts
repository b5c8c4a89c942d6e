/**
 * The kinds of worker that hierarchical Dawid–Skene knows: rungs of a ladder of skill, each with a mean confusion
 * matrix M_a made from the matrix C that the crowd shares.
 *
 *   a = −1: always wrong;  −½: half so;  0 ≤ a < 1: a·C + (1 − a)·the worker's own shares of labels (a = 0: guesses);
 *   a = 1: C;  1 < a < 2: (2 − a)·C + (a − 1)·I
 *
 * Shape legend: K classes, J skills; matrices are label before class, [K,K] at [l,k].
 */

/** How the errors that the crowd shares fall: evenly on the wrong classes, or as a confusion matrix of their own. */
export type SharedErrors = 'even' | 'shared';

/** The first are those that mix in a worker's own labels. */
export const SKILLS = [0, 0.25, 0.5, 0.75, -1, -0.5, 1, 4 / 3, 5 / 3, 1.9] as const;
export const J = SKILLS.length;
/** Skills from here on do not mix in a worker's own labels. */
export const COMMON = SKILLS.indexOf(-1);
export const TYPICAL = SKILLS.indexOf(1);
/** How often the always wrong are right. */
const SLIP = 0.02;
/** Pseudo-counts of a row of C, spread as even errors are. */
const ROW_STRENGTH = 10;
/** C is right this often before any vote, with the weight of two votes and two thirds. */
const TYPICAL_ACCURACY = 0.75;
/** So that no vote is impossible. */
const MAX_ACCURACY = 0.999;
/** Counts up to this are looked up. */
export const TABLE = 24;

export class SkillLadder {
  readonly #K: number;
  readonly #errors: SharedErrors;
  readonly #leastAccuracy: number;
  /** [K,K] C */
  readonly #shared: Float64Array;
  /** [J,K,K] M_a; for skills below COMMON a·C, without the worker's own labels */
  readonly means: Float64Array;

  /** @param leastAccuracy of C   @param counts [K,K] votes by label and class at first */
  constructor(K: number, errors: SharedErrors, leastAccuracy: number, counts: Float64Array) {
    this.#K = K;
    this.#errors = errors;
    this.#leastAccuracy = leastAccuracy;
    this.#shared = new Float64Array(K * K);
    this.means = new Float64Array(J * K * K);
    this.#setShared(counts);
    this.#setMeans();
  }

  /** @param draws [J,K,K] expected draws from each mean; updates C and the means */
  learn(draws: Float64Array): void {
    const size = this.#shared.length;
    const counts = new Float64Array(size);
    for (const [a, skill] of SKILLS.entries()) {
      if (skill <= 0) continue;
      // Those of a mean's draws that its part of C accounts for
      for (let i = 0; i < size; i++) {
        const drawn = draws[a * size + i]!;
        counts[i]! += a < COMMON ? drawn : (drawn * (2 - skill) * this.#shared[i]!) / this.means[a * size + i]!;
      }
    }
    this.#setShared(counts);
    this.#setMeans();
  }

  /**
   * ln Γ(x + m)/Γ(x) and ψ(x + m) − ψ(x) for x = s·M_a[l,k] and m = 0 … TABLE, both [K,K,TABLE + 1,J]. Between whole
   * counts they are taken on the chord: a vote that may be in a cell is there or not, and of a single vote that is the
   * exact mean.
   */
  tabulate(concentration: number): { readonly rising: Float64Array; readonly gaps: Float64Array } {
    const size = this.#shared.length;
    const rising = new Float64Array(size * (TABLE + 1) * J);
    const gaps = new Float64Array(rising.length);
    for (let i = 0; i < size; i++) {
      for (let a = 0; a < J; a++) {
        const x = concentration * this.means[a * size + i]!;
        for (let m = 0; m < TABLE; m++) {
          const at = (i * (TABLE + 1) + m) * J + a;
          rising[at + J] = rising[at]! + Math.log(x + m);
          gaps[at + J] = gaps[at]! + 1 / (x + m);
        }
      }
    }
    return { rising, gaps };
  }

  /** @param counts [K,K] */
  #setShared(counts: Float64Array): void {
    const K = this.#K;
    let [right, all] = [2, 2 + 2 / TYPICAL_ACCURACY];
    for (let l = 0; l < K; l++) {
      right += counts[l * K + l]!;
      for (let k = 0; k < K; k++) all += counts[l * K + k]!;
    }
    const accuracy = K === 1 ? 1 : Math.min(MAX_ACCURACY, Math.max(this.#leastAccuracy, right / all));
    for (let k = 0; k < K; k++) {
      let total = ROW_STRENGTH;
      for (let l = 0; l < K; l++) total += counts[l * K + k]!;
      for (let l = 0; l < K; l++) {
        const even = l === k ? accuracy : (1 - accuracy) / (K - 1);
        this.#shared[l * K + k] = this.#errors === 'even' ? even : (counts[l * K + k]! + ROW_STRENGTH * even) / total;
      }
    }
  }

  #setMeans(): void {
    const K = this.#K;
    const size = K * K;
    for (const [a, skill] of SKILLS.entries()) {
      for (let i = 0; i < size; i++)
        this.means[a * size + i] = K === 1 ? 1 : meanOf(skill, a < COMMON, this.#shared[i]!, i % (K + 1) === 0, K);
    }
  }
}

function meanOf(skill: number, mixesOwn: boolean, shared: number, isRight: boolean, K: number): number {
  if (skill < 0) return -skill * (isRight ? SLIP : (1 - SLIP) / (K - 1)) + (1 + skill) / K;
  return mixesOwn ? skill * shared : (2 - skill) * shared + (isRight ? skill - 1 : 0);
}
