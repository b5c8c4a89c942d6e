/**
 * EM of the models in which worker w is right on task t with probability σ(α_w β_t), β_t > 0: GLAD and RAF.
 *
 * Model: y_t uniform over the classes; p(l | y_t = k) = σ(α_w β_t) if l = k, else (1 − σ(α_w β_t)) ω[k,l], Σ_{l≠k}
 * ω[k,l] = 1. E-step: ln σ(z) − ln(1 − σ(z)) = z, so q[t,k] ∝ exp(Σ_{votes l = k} α_w β_t + Σ_{votes l ≠ k} ln ω[k,l]):
 * one exponential a class. M-step: all β given α, then all α given β, by safeguarded Newton steps (expectation
 * conditional maximisation: Meng & Rubin 1993, doi:10.1093/biomet/80.2.267), then the scale that the likelihood leaves
 * free.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { Coordinate } from './coordinate.ts';
import type { EmModel } from './em.ts';
import { softmaxInPlace } from './posterior.ts';
import type { VoteIndex } from './vote-index.ts';

export interface SigmoidSettings {
  /** Priors N(mean, 1) on α and on ln β, which then is what the M-step moves; undefined: none, and it moves β. */
  readonly priorMean: number | undefined;
  readonly alphaRange: readonly [number, number];
  readonly betaRange: readonly [number, number];
  /** [K,K] ω[k,l], the diagonal unused; undefined: 1/(K − 1) */
  readonly wrongLabels?: Float64Array | undefined;
}

export class SigmoidModel implements EmModel {
  readonly #index: VoteIndex;
  readonly #settings: SigmoidSettings;
  /** [T,K] Σ_{votes l ≠ k} ln ω[k,l] − ln K */
  readonly #base: Float64Array;
  readonly #tasks: Coordinate;
  readonly #workers: Coordinate;
  /** [T] of the E-step: Σ_v q_v α_w, then value, gradient and curvature there */
  readonly #slope: Float64Array;
  readonly #value: Float64Array;
  readonly #gradient: Float64Array;
  readonly #curvature: Float64Array;
  /** [T,K] */
  readonly posterior: Float64Array;
  /** [W] */
  readonly alpha: Float64Array;
  /** [T] */
  readonly beta: Float64Array;
  readonly parameters: readonly Float64Array[];

  /** Starts at α = 1 and the β given. */
  constructor(index: VoteIndex, beta: Float64Array, settings: SigmoidSettings) {
    const { T, W, K, taskStart, workerOfTask, workerStart, taskOfWorker } = index;
    this.#index = index;
    this.#settings = settings;
    this.#base = wrongLabelTerms(index, settings.wrongLabels);
    this.posterior = new Float64Array(T * K);
    this.alpha = new Float64Array(W).fill(1);
    this.beta = beta;
    this.parameters = [this.alpha, this.beta];
    const { priorMean } = settings;
    this.#tasks = new Coordinate(taskStart, workerOfTask, this.alpha, priorMean !== undefined, priorMean);
    this.#workers = new Coordinate(workerStart, taskOfWorker, this.beta, false, priorMean);
    [this.#slope, this.#value, this.#gradient, this.#curvature] = [0, 0, 0, 0].map(() => new Float64Array(T)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  }

  expect(): { logLikelihood: number; penalty: number } {
    const { T, K, taskStart, workerOfTask, labelOfTask } = this.#index;
    const { alpha, beta, posterior } = this;
    const { priorMean } = this.#settings;
    const base = this.#base;
    const alphaOfClass = new Float64Array(K);
    let logLikelihood = 0;
    let penalty = 0;
    for (let t = 0; t < T; t++) {
      alphaOfClass.fill(0);
      for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++)
        alphaOfClass[labelOfTask[v]!]! += alpha[workerOfTask[v]!]!;
      const row = t * K;
      for (let k = 0; k < K; k++) posterior[row + k] = base[row + k]! + beta[t]! * alphaOfClass[k]!;
      logLikelihood += softmaxInPlace(posterior, row, K);
      let slope = 0;
      for (let k = 0; k < K; k++) slope += posterior[row + k]! * alphaOfClass[k]!;
      this.#tasks.select(t, slope);
      logLikelihood -= this.#tasks.evaluate(this.#ofBeta(beta[t]!));
      this.#slope[t] = slope;
      this.#value[t] = this.#tasks.value;
      this.#gradient[t] = this.#tasks.gradient;
      this.#curvature[t] = this.#tasks.curvature;
      if (priorMean !== undefined) penalty -= 0.5 * (Math.log(beta[t]!) - priorMean) ** 2;
    }
    if (priorMean !== undefined) for (const a of alpha) penalty -= 0.5 * (a - priorMean) ** 2;
    return { logLikelihood, penalty };
  }

  maximize(): void {
    this.#moveBeta();
    this.#moveAlpha();
    if (this.#settings.priorMean !== undefined) this.#moveScale(this.#settings.priorMean);
  }

  #ofBeta(beta: number): number {
    return this.#settings.priorMean === undefined ? beta : Math.log(beta);
  }

  #moveBeta(): void {
    const { beta } = this;
    const isLog = this.#settings.priorMean !== undefined;
    const [low, high] = this.#settings.betaRange.map((bound) => this.#ofBeta(bound)) as [number, number];
    for (let t = 0; t < beta.length; t++) {
      this.#tasks.select(t, this.#slope[t]!);
      this.#tasks.value = this.#value[t]!;
      this.#tasks.gradient = this.#gradient[t]!;
      this.#tasks.curvature = this.#curvature[t]!;
      const u = this.#tasks.ascend(this.#ofBeta(beta[t]!), low, high);
      beta[t] = isLog ? Math.exp(u) : u;
    }
  }

  #moveAlpha(): void {
    const { W, K, workerStart, taskOfWorker, labelOfWorker } = this.#index;
    const { alpha, beta, posterior } = this;
    const [low, high] = this.#settings.alphaRange;
    for (let w = 0; w < W; w++) {
      let slope = 0;
      for (let v = workerStart[w]!; v < workerStart[w + 1]!; v++) {
        const t = taskOfWorker[v]!;
        slope += posterior[t * K + labelOfWorker[v]!]! * beta[t]!;
      }
      this.#workers.select(w, slope);
      this.#workers.evaluate(alpha[w]!);
      alpha[w] = this.#workers.ascend(alpha[w]!, low, high);
    }
  }

  /**
   * α ← c·α, β ← β/c leaves the likelihood as it is, so that c maximises the priors alone:
   *   −½ Σ_w (c α_w − m)² − ½ Σ_t (ln β_t − ln c − m)²
   * Without this move EM creeps along that ridge for hundreds of rounds.
   */
  #moveScale(mean: number): void {
    const { alpha, beta } = this;
    let [sum, squares, logs] = [0, 0, 0];
    for (const a of alpha) {
      sum += a;
      squares += a * a;
    }
    for (const b of beta) logs += Math.log(b) - mean;
    const value = (r: number): number =>
      mean * Math.exp(r) * sum - 0.5 * Math.exp(2 * r) * squares + logs * r - 0.5 * beta.length * r * r;
    let r = 0; // ln c
    for (let steps = 0; steps < 20; steps++) {
      const c = Math.exp(r);
      const gradient = mean * c * sum - c * c * squares + logs - beta.length * r;
      const curvature = Math.max(beta.length, 2 * c * c * squares - mean * c * sum + beta.length);
      let step = Math.max(-1, Math.min(1, gradient / curvature));
      while (value(r + step) < value(r)) step = Math.abs(step) < 1e-15 ? 0 : step / 2;
      if (step === 0) break;
      r += step;
    }
    const c = Math.exp(r);
    for (let w = 0; w < alpha.length; w++) alpha[w]! *= c;
    for (let t = 0; t < beta.length; t++) beta[t]! /= c;
  }
}

/** @returns [T,K] Σ_{votes l ≠ k} ln ω[k,l] − ln K */
function wrongLabelTerms(
  { T, K, taskStart, labelOfTask }: VoteIndex,
  wrongLabels: Float64Array | undefined,
): Float64Array {
  const logOmega = new Float64Array(K * K);
  for (let k = 0; k < K; k++) {
    for (let l = 0; l < K; l++)
      if (l !== k) logOmega[k * K + l] = Math.log(wrongLabels ? wrongLabels[k * K + l]! : 1 / (K - 1));
  }
  const terms = new Float64Array(T * K).fill(-Math.log(K));
  for (let t = 0; t < T; t++) {
    for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
      const l = labelOfTask[v]!;
      for (let k = 0; k < K; k++) if (k !== l) terms[t * K + k]! += logOmega[k * K + l]!;
    }
  }
  return terms;
}
