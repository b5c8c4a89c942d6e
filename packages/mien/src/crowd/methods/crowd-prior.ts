/**
 * What the whole crowd says about a worker before their own votes do: the prior of hierarchical Dawid–Skene.
 *
 * Model: a worker has a skill a, a rung of a ladder, and rows of a confusion matrix drawn about that skill's matrix
 * M_a:
 *   skill_w ~ Categorical(ρ);  confusion[w,k,·] ~ Dirichlet(s·M_a[k,·])
 * The matrix C behind all M_a (skill-ladder.ts), ρ and the concentration s are learned from all votes (empirical
 * Bayes), so that the prior weighs most where workers cast few votes, and differ little. Only the skills'
 * posterior r[w,a] is kept, so that a worker's prior is s·Σ_a r[w,a] M_a. `errors: 'even'` holds C to one accuracy and
 * errors that fall evenly on the wrong classes.
 *
 * Each round, from the posterior q[t,k] of the classes:
 *   n[w,k,l] = Σ_{votes l of w} q[t,k];  r[w,a] ∝ ρ_a Π_kl Γ(s·M_a[k,l] + n)/Γ(s·M_a[k,l])  (Dirichlet–multinomial)
 *   s by Minka's fixed point under a Gamma(2, 1/50) prior;  ρ_a ∝ ½ + Σ_w r[w,a]
 *   C[k,l] ∝ 10·(even errors) + the share of C, among all that makes up M_a, in the draws behind n
 *   confusion = (n + s·m)/(N + s), m = Σ_a r M_a;  prior[k] = (1 + Σ_t q[t,k])/(K + T)
 *   q[t,k] ∝ prior[k] Π_votes confusion[w,k,l]
 * Sources: Paun et al. 2018, doi:10.1162/tacl_a_00040 (hierarchical Dawid–Skene); Venanzi et al. 2014,
 * doi:10.1145/2566486.2567989 (communities of workers, here the rungs of the ladder); Minka 2000, "Estimating a
 * Dirichlet distribution", eq. 65. Deviation: posterior means in place of samples.
 *
 * Shape legend: N votes, T tasks, W workers, K classes, J skills, P pairs of a worker and a label they gave; matrices
 * of confusion are label before class, so that a vote reads K numbers in a row.
 */
import { digammaGap, lnRisingFactorial } from './gamma.ts';
import { accuracyOfAgreement, startFromMajority } from './majority-start.ts';
import { shareOf, softmaxInPlace } from './posterior.ts';
import { COMMON, J, type SharedErrors, SkillLadder, SKILLS, TABLE, TYPICAL } from './skill-ladder.ts';
import type { VoteIndex } from './vote-index.ts';
import { ownShares, unusedShare, workerLabels, type WorkerLabels } from './worker-labels.ts';

/** Concentration at first, and the mode of its prior. */
const CONCENTRATION = 50;
const CONCENTRATION_RANGE = [0.3, 1e4] as const;
/** Counts and probabilities below these change nothing. */
const COUNTED = 1e-4;
const LIKELY = 1e-3;
/** ln s has settled when a round would move it by less. */
const SETTLED = 0.01;

export class CrowdPrior {
  readonly #index: VoteIndex;
  /** [N] in order of task: 1 = left out */
  readonly #held: Uint8Array | undefined;
  readonly #pairs: WorkerLabels;
  readonly #ladder: SkillLadder;
  /** [T,K] */
  readonly posterior: Float64Array;
  /** [P,K] p(worker says label | class k), the mean given prior and votes */
  readonly #confusion: Float64Array;
  /** [P,K] n */
  readonly #counts: Float64Array;
  /** [W,K] n summed over the labels */
  readonly #totals: Float64Array;
  /** [P] the worker's share of the label, as their other votes have it */
  readonly #own: Float64Array;
  /** [J] */
  readonly #rho: Float64Array;
  /** [W,J] r */
  readonly #skill: Float64Array;
  #concentration = CONCENTRATION;
  /** ln of what the last round's fixed point would multiply s by */
  #drift = Infinity;
  /** [K] of the posterior, until the next round */
  #classShares: Float64Array | undefined;

  constructor(index: VoteIndex, errors: SharedErrors, held?: Uint8Array) {
    const { W, K } = index;
    this.#index = index;
    this.#held = held;
    this.#pairs = workerLabels(index);
    const P = this.#pairs.label.length;
    const { posterior, agreement } = startFromMajority(index, held);
    this.posterior = posterior;
    this.#confusion = new Float64Array(P * K);
    this.#counts = new Float64Array(P * K);
    this.#totals = new Float64Array(W * K);
    this.#own = ownShares(index, this.#pairs, held);
    this.#rho = Float64Array.from({ length: J }, (_, a) => (a === TYPICAL ? 0.4 : 0.6 / (J - 1)));
    this.#skill = new Float64Array(W * J);
    this.#count();
    const pooled = new Float64Array(K * K);
    for (let p = 0; p < P; p++)
      for (let k = 0; k < K; k++) pooled[this.#pairs.label[p]! * K + k]! += this.#counts[p * K + k]!;
    this.#ladder = new SkillLadder(K, errors, accuracyOfAgreement(agreement, K), pooled);
  }

  /** @returns the mean over tasks of the total variation between the posterior before and after */
  round(): number {
    this.#classShares = undefined;
    this.#moveWorkers();
    this.#setConfusion();
    const change = this.#expect();
    this.#count();
    return change;
  }

  /** s */
  get concentration(): number {
    return this.#concentration;
  }

  get concentrationHasSettled(): boolean {
    return Math.abs(this.#drift) < SETTLED;
  }

  /** @returns [W,K,K] s·m at [w,l,k]: what a worker's counts are added to */
  pseudoCounts(): Float64Array {
    const { W, K } = this.#index;
    const out = new Float64Array(W * K * K);
    const { start, label } = this.#pairs;
    for (let w = 0; w < W; w++) {
      let p = start[w]!;
      const unused = unusedShare(
        this.#totals.subarray(w * K, (w + 1) * K).reduce((sum, n) => sum + n, 0),
        K,
      );
      for (let l = 0; l < K; l++)
        this.#addMean(w, l, p < start[w + 1]! && label[p] === l ? this.#own[p++]! : unused, out, (w * K + l) * K);
    }
    return out;
  }

  /** @returns ln p(vote | the other votes on its task) − ln p(vote | the worker alone), the vote in order of task */
  information(t: number, v: number): number {
    const { K } = this.#index;
    this.#classShares ??= shareOf(this.posterior, K);
    const cells = this.#pairs.ofVote[v]! * K;
    let [here, anywhere] = [0, 0];
    for (let k = 0; k < K; k++) {
      here += this.posterior[t * K + k]! * this.#confusion[cells + k]!;
      anywhere += this.#classShares[k]! * this.#confusion[cells + k]!;
    }
    return Math.log(here / anywhere);
  }

  #count(): void {
    const { T, W, K, taskStart } = this.#index;
    const { ofVote, start } = this.#pairs;
    const held = this.#held;
    const posterior = this.posterior;
    const counts = this.#counts.fill(0);
    for (let t = 0; t < T; t++) {
      const row = t * K;
      for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
        if (held?.[v]) continue;
        const cells = ofVote[v]! * K;
        for (let k = 0; k < K; k++) counts[cells + k]! += posterior[row + k]!;
      }
    }
    const totals = this.#totals.fill(0);
    for (let w = 0; w < W; w++) {
      for (let p = start[w]!; p < start[w + 1]!; p++)
        for (let k = 0; k < K; k++) totals[w * K + k]! += counts[p * K + k]!;
    }
  }

  /** Skills of the workers, then ρ, s and C from them. */
  #moveWorkers(): void {
    const { W, K } = this.#index;
    const { means } = this.#ladder;
    const totals = this.#totals;
    const s = this.#concentration;
    const tables = this.#ladder.tabulate(s);
    const nextRho = new Float64Array(J).fill(0.5);
    const draws = new Float64Array(means.length);
    let [gained, spent] = [1 / s, 1 / CONCENTRATION];
    for (let w = 0; w < W; w++) {
      this.#judge(w, tables.rising);
      for (let a = 0; a < J; a++) nextRho[a]! += this.#skill[w * J + a]!;
      gained += this.#addDraws(w, tables.gaps, draws);
      for (let k = 0; k < K; k++) if (totals[w * K + k]! > COUNTED) spent += digammaGap(s, totals[w * K + k]!);
    }
    const total = nextRho.reduce((sum, r) => sum + r, 0);
    for (let a = 0; a < J; a++) this.#rho[a] = nextRho[a]! / total;
    this.#drift = Math.log(gained / spent);
    // Twice the step of the fixed point, which is slow
    const step = Math.min(Math.LN2, Math.max(-Math.LN2, 2 * this.#drift));
    this.#concentration = Math.min(CONCENTRATION_RANGE[1], Math.max(CONCENTRATION_RANGE[0], s * Math.exp(step)));
    this.#ladder.learn(draws);
  }

  /** Sets r of worker w. */
  #judge(w: number, rising: Float64Array): void {
    const { K } = this.#index;
    const { start, label } = this.#pairs;
    const { means } = this.#ladder;
    const [counts, skill, s, own] = [this.#counts, this.#skill, this.#concentration, w * J];
    for (let a = 0; a < J; a++) skill[own + a] = Math.log(this.#rho[a]!);
    for (let p = start[w]!; p < start[w + 1]!; p++) {
      for (let k = 0; k < K; k++) {
        const n = counts[p * K + k]!;
        if (n <= COUNTED) continue;
        const i = label[p]! * K + k;
        for (let a = 0; a < COMMON; a++) {
          const x = s * (means[a * K * K + i]! + (1 - SKILLS[a]!) * this.#own[p]!);
          skill[own + a]! += n <= 1 ? n * Math.log(x) : lnRisingFactorial(x, n);
        }
        if (n >= TABLE) {
          for (let a = COMMON; a < J; a++) skill[own + a]! += lnRisingFactorial(s * means[a * K * K + i]!, n);
          continue;
        }
        const whole = Math.floor(n);
        const [at, part] = [(i * (TABLE + 1) + whole) * J, n - whole];
        for (let a = COMMON; a < J; a++) skill[own + a]! += (1 - part) * rising[at + a]! + part * rising[at + J + a]!;
      }
    }
    softmaxInPlace(skill, own, J);
  }

  /**
   * Adds the expected draws from each mean behind the counts of worker w, x·(ψ(x + n) − ψ(x)), x = s·M. @returns Σ
   * M·(ψ(x + n) − ψ(x))
   */
  #addDraws(w: number, gaps: Float64Array, draws: Float64Array): number {
    const { K } = this.#index;
    const { start, label } = this.#pairs;
    const { means } = this.#ladder;
    const s = this.#concentration;
    let gained = 0;
    for (let p = start[w]!; p < start[w + 1]!; p++) {
      for (let k = 0; k < K; k++) {
        const n = this.#counts[p * K + k]!;
        if (n <= COUNTED) continue;
        const i = label[p]! * K + k;
        const whole = Math.min(TABLE - 1, Math.floor(n));
        const [at, part] = [(i * (TABLE + 1) + whole) * J, n - whole];
        for (let a = 0; a < J; a++) {
          const r = this.#skill[w * J + a]!;
          if (r < LIKELY) continue;
          const cell = means[a * K * K + i]!;
          const mean = a < COMMON ? cell + (1 - SKILLS[a]!) * this.#own[p]! : cell;
          const gap =
            a >= COMMON && n < TABLE
              ? (1 - part) * gaps[at + a]! + part * gaps[at + J + a]!
              : a < COMMON && n <= 1
                ? n / (s * mean)
                : digammaGap(s * mean, n);
          gained += r * mean * gap;
          draws[a * K * K + i]! += s * r * cell * gap;
        }
      }
    }
    return gained;
  }

  /** Adds s·m of worker w and label l, of which `own` is the worker's share, to out[at … at+K). */
  #addMean(w: number, l: number, own: number, out: Float64Array, at: number): void {
    const { K } = this.#index;
    const { means } = this.#ladder;
    for (let a = 0; a < J; a++) {
      const r = this.#concentration * this.#skill[w * J + a]!;
      const row = (a * K + l) * K;
      const more = a < COMMON ? (1 - SKILLS[a]!) * own : 0;
      for (let k = 0; k < K; k++) out[at + k]! += r * (means[row + k]! + more);
    }
  }

  #setConfusion(): void {
    const { W, K } = this.#index;
    const { start, label } = this.#pairs;
    const [confusion, totals, s] = [this.#confusion, this.#totals, this.#concentration];
    confusion.set(this.#counts);
    for (let w = 0; w < W; w++) {
      for (let p = start[w]!; p < start[w + 1]!; p++) {
        this.#addMean(w, label[p]!, this.#own[p]!, confusion, p * K);
        for (let k = 0; k < K; k++) confusion[p * K + k]! /= totals[w * K + k]! + s;
      }
    }
  }

  #expect(): number {
    const { T, K, taskStart } = this.#index;
    const { ofVote } = this.#pairs;
    const held = this.#held;
    const posterior = this.posterior;
    const logP = this.#confusion.map(Math.log);
    const before = new Float64Array(K);
    const logPrior = shareOf(posterior, K).map((share) => Math.log((1 + share * T) / (K + T)));
    let change = 0;
    for (let t = 0; t < T; t++) {
      const row = t * K;
      for (let k = 0; k < K; k++) {
        before[k] = posterior[row + k]!;
        posterior[row + k] = logPrior[k]!;
      }
      for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
        if (held?.[v]) continue;
        const cells = ofVote[v]! * K;
        for (let k = 0; k < K; k++) posterior[row + k]! += logP[cells + k]!;
      }
      softmaxInPlace(posterior, row, K);
      for (let k = 0; k < K; k++) change += Math.abs(posterior[row + k]! - before[k]!);
    }
    return change / (2 * T);
  }
}
