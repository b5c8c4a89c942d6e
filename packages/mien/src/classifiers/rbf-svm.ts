/**
 * The one-against-one support vector machine with the radial kernel K(x,x') = exp(−γ‖x − x'‖²), C and γ by grid search.
 * The products of all samples are computed once; every fold, C and γ works on them.
 *
 * Shape legend: N samples, n of a pair, D features, K classes, P pairs, S support vectors.
 */
import { MienError, ShapeError } from '../errors.ts';
import { pairsOf, vote, type Pair } from './one-vs-one.ts';
import { Rows } from './rows.ts';
import { fitScaling, scaleRow, type Scaling, type ScalingKind } from './scaling.ts';
import { solveSmo, type SmoSolution } from './smo.ts';
import {
  featureDims,
  rowsByClass,
  scorePredictions,
  tuningFolds,
  type Features,
  type Selection,
  type TrainingSet,
  type TuningStep,
} from './training-set.ts';

export interface RbfSvm {
  readonly kind: 'svm-rbf';
  readonly scaling: Scaling;
  readonly classCount: number;
  readonly pairs: readonly Pair[];
  readonly gamma: number;
  readonly C: number;
  /** [S,D] scaled. */
  readonly supports: Float32Array;
  /** [P,S] αy; 0 for samples of other classes. */
  readonly coefficients: Float64Array;
  /** [P] */
  readonly offsets: Float64Array;
}

export interface RbfSetting {
  readonly C: number;
  readonly gamma: number;
}

export interface RbfSvmOptions {
  /** Default `standardise`. */
  readonly scaling?: ScalingKind;
  /** Default 0.5, 2, 8, 32, and further ones where the best of these is the least or the largest. */
  readonly C?: number | readonly number[];
  /** Default: ¼, 1 and 4 times 1/(D·variance of all values, scaled), which scikit-learn calls `scale`; further ones likewise. */
  readonly gamma?: number | readonly number[];
  /** Default `mean-accuracy`. */
  readonly select?: Selection;
  /** Default 5. */
  readonly folds?: number;
  readonly seed?: number;
  /** Default 1e-3. */
  readonly tolerance?: number;
  /** Called after each setting of the grid. */
  readonly onProgress?: (step: TuningStep<RbfSetting>) => void;
}

export interface RbfSvmFit {
  readonly model: RbfSvm;
  /** In order; empty when one C and one γ were given. */
  readonly tuning: readonly TuningStep<RbfSetting>[];
  /** [P] of the final fit. */
  readonly solutions: readonly SmoSolution[];
}

/** How often a grid grows beyond an edge that its best lies at. */
const MAX_EXTENSIONS = 3;

/** The first of equals. */
const bestOf = (tuning: readonly TuningStep<RbfSetting>[]): TuningStep<RbfSetting> | undefined =>
  tuning.reduce<TuningStep<RbfSetting> | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined);

/** The value after the largest or the smallest, by the grid's factor of 4, where the best is that; otherwise none. */
function beyond(values: readonly number[], best: number): number | undefined {
  if (best === Math.max(...values)) return best * 4;
  return best === Math.min(...values) ? best / 4 : undefined;
}

/** Samples whose N² products are kept, 4 bytes each, twice: 1.8 GB. */
const MAX_SAMPLES = 15_000;
const MAX_ITERATIONS = 10_000_000;

/**
 * @throws {ShapeError | MienError} as `rowsByClass`; when C or γ is not positive, folds are fewer than 2, or N is above
 *   15,000
 */
export function fitRbfSvm(set: TrainingSet, options: RbfSvmOptions = {}): RbfSvmFit {
  const {
    select = 'mean-accuracy',
    folds = 5,
    seed = 0,
    tolerance = 1e-3,
    scaling: kind = 'standardise',
    onProgress,
  } = options;
  const byClass = rowsByClass('fitRbfSvm', set);
  const [, D] = featureDims('fitRbfSvm', set.x);
  const used = Int32Array.from(byClass.flatMap((rows) => [...rows]));
  const N = used.length;
  if (N > MAX_SAMPLES)
    throw new MienError(
      `fitRbfSvm: expected at most ${MAX_SAMPLES} samples, got ${N}: their kernel would not fit into memory`,
    );
  const scaling = fitScaling(kind, set.x, used);
  const scaled = new Float32Array(N * D);
  used.forEach((i, t) => {
    scaleRow(scaling, set.x, i, scaled.subarray(t * D, (t + 1) * D));
  });
  // From here on samples are numbered by their place in `used`
  const y = used.map((i) => set.y[i]!);
  const members = byClass.map((rows, k) =>
    Int32Array.from(rows, (_, t) => t + byClass.slice(0, k).reduce((sum, { length }) => sum + length, 0)),
  );

  const costs = [options.C ?? [0.5, 2, 8, 32]].flat();
  const scale = 1 / (D * (variance(scaled) || 1));
  const gammas = [options.gamma ?? [scale / 4, scale, scale * 4]].flat();
  if (![...costs, ...gammas].every((v) => v > 0))
    throw new MienError(
      `fitRbfSvm: C and gamma: expected positive numbers, got [${costs.join(', ')}] and [${gammas.join(', ')}]`,
    );

  const distances = squaredDistances(scaled, N, D);
  const kernel = new Float32Array(N * N);
  const tuning: TuningStep<RbfSetting>[] = [];
  if (costs.length * gammas.length > 1) {
    const { people } = set;
    const fold = tuningFolds(
      'fitRbfSvm',
      { y, ...(people ? { people: Array.from(used, (i) => people[i]) } : {}) },
      members,
      folds,
      seed,
    );
    const tryOut = (gamma: number, some: readonly number[]): void => {
      fillKernel(distances, gamma, kernel);
      for (const C of some) {
        const predicted = new Int32Array(N);
        for (let f = 0; f < folds; f++) {
          const kept = members.map((rows) => rows.filter((i) => fold[i] !== f));
          const pairs = pairsOf(kept);
          const machines = pairs.map((pair) => solvePair(kernel, N, kept, pair, C, tolerance));
          for (let i = 0; i < N; i++) {
            if (fold[i] === f)
              predicted[i] = vote(pairs, set.classCount, (p) => decide(machines[p]!, (s) => kernel[i * N + s]!));
          }
        }
        const step = { setting: { C, gamma }, score: scorePredictions(y, predicted, set.classCount, select) };
        tuning.push(step);
        onProgress?.(step);
      }
    };
    for (const gamma of gammas) tryOut(gamma, costs);
    // Where the best of the default grid lies at its edge, better ones may lie beyond
    for (let more = 0; more < MAX_EXTENSIONS; more++) {
      const { C, gamma } = bestOf(tuning)!.setting;
      const further = {
        C: options.C !== undefined ? undefined : beyond(costs, C),
        gamma: options.gamma !== undefined ? undefined : beyond(gammas, gamma),
      };
      if (further.C === undefined && further.gamma === undefined) break;
      if (further.gamma !== undefined) {
        gammas.push(further.gamma);
        tryOut(further.gamma, costs);
      }
      if (further.C !== undefined) {
        costs.push(further.C);
        for (const known of gammas) tryOut(known, [further.C]);
      }
    }
  }
  const best = bestOf(tuning);
  const { C, gamma } = best?.setting ?? { C: costs[0]!, gamma: gammas[0]! };
  fillKernel(distances, gamma, kernel);
  const pairs = pairsOf(members);
  const machines = pairs.map((pair) => solvePair(kernel, N, members, pair, C, tolerance));

  const isSupport = new Uint8Array(N);
  for (const { samples, weights } of machines)
    samples.forEach((i, t) => {
      if (weights[t] !== 0) isSupport[i] = 1;
    });
  const supporting = [...isSupport.keys()].filter((i) => isSupport[i]);
  const S = supporting.length;
  const place = new Map(supporting.map((i, s) => [i, s]));
  const coefficients = new Float64Array(pairs.length * S);
  machines.forEach(({ samples, weights }, p) =>
    samples.forEach((i, t) => {
      if (weights[t] !== 0) coefficients[p * S + place.get(i)!] = weights[t]!;
    }),
  );
  const supports = new Float32Array(S * D);
  supporting.forEach((i, s) => supports.set(scaled.subarray(i * D, (i + 1) * D), s * D));
  const offsets = Float64Array.from(machines, ({ solution }) => solution.offset);
  return {
    model: { kind: 'svm-rbf', scaling, classCount: set.classCount, pairs, gamma, C, supports, coefficients, offsets },
    tuning,
    solutions: machines.map(({ solution }) => solution),
  };
}

/** @returns [N] class indices   @throws {ShapeError} when the samples have another number of features */
export function predictRbfSvm(model: RbfSvm, x: Features): Int32Array {
  const { scaling, classCount, pairs, gamma, supports, coefficients, offsets } = model;
  const [N, D] = featureDims('predictRbfSvm', x);
  const P = pairs.length;
  const S = coefficients.length / P;
  if (supports.length !== S * D)
    throw new ShapeError('predictRbfSvm', `x: expected ${supports.length / S} features, got ${D}`);
  const machines = pairs.map((_, p): Machine => {
    const all = coefficients.subarray(p * S, (p + 1) * S);
    const samples = Int32Array.from([...all.keys()].filter((s) => all[s] !== 0));
    return { samples, weights: Float64Array.from(samples, (s) => all[s]!), solution: { offset: offsets[p]! } };
  });
  const CHUNK = 256;
  const rows = new Rows(CHUNK + S, D);
  const center = centerOf(supports, D);
  const norms = loadCentered(rows, CHUNK, supports, center);
  const chunk = new Float32Array(CHUNK * D);
  const products = new Float32Array(CHUNK * S);
  const predicted = new Int32Array(N);
  for (let start = 0; start < N; start += CHUNK) {
    const count = Math.min(CHUNK, N - start);
    for (let i = 0; i < count; i++) scaleRow(scaling, x, start + i, chunk.subarray(i * D, (i + 1) * D));
    const chunkNorms = loadCentered(rows, 0, chunk.subarray(0, count * D), center);
    rows.products(0, count, CHUNK, S, products); // [count,S]
    for (let i = 0; i < count; i++) {
      for (let s = 0; s < S; s++)
        products[i * S + s] = Math.exp(-gamma * Math.max(0, chunkNorms[i]! + norms[s]! - 2 * products[i * S + s]!));
      predicted[start + i] = vote(pairs, classCount, (p) => decide(machines[p]!, (s) => products[i * S + s]!));
    }
  }
  return predicted;
}

interface Machine<Solution = { readonly offset: number }> {
  /** [n] numbers of samples. */
  readonly samples: Int32Array;
  /** [n] αy */
  readonly weights: Float64Array;
  readonly solution: Solution;
}

function decide({ samples, weights, solution }: Machine, kernel: (sample: number) => number): number {
  let value = solution.offset;
  for (let t = 0; t < samples.length; t++) value += weights[t]! * kernel(samples[t]!);
  return value;
}

/** @param kernel [N,N] */
function solvePair(
  kernel: Float32Array,
  N: number,
  members: readonly Int32Array[],
  [first, second]: Pair,
  C: number,
  tolerance: number,
): Machine<SmoSolution> {
  const [positive, negative] = [members[first]!, members[second]!];
  const samples = Int32Array.from([...positive, ...negative]);
  const n = samples.length;
  const signs = Int8Array.from(samples, (_, t) => (t < positive.length ? 1 : -1));
  const part = new Float32Array(n * n);
  for (let a = 0; a < n; a++) {
    const row = samples[a]! * N;
    for (let b = 0; b < n; b++) part[a * n + b] = kernel[row + samples[b]!]!;
  }
  const solution = solveSmo(part, signs, { C, tolerance, maxIterations: MAX_ITERATIONS });
  return { samples, weights: solution.alpha.map((a, t) => a * signs[t]!), solution };
}

/**
 * ‖xᵢ − xⱼ‖² = ‖xᵢ‖² + ‖xⱼ‖² − 2xᵢ·xⱼ of the samples less their mean, which leaves least to rounding. @returns [N,N]
 */
function squaredDistances(x: Float32Array, N: number, D: number): Float32Array {
  const rows = new Rows(N, D);
  const norms = loadCentered(rows, 0, x, centerOf(x, D));
  const out = new Float32Array(N * N);
  rows.products(0, N, 0, N, out);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) out[i * N + j] = i === j ? 0 : Math.max(0, norms[i]! + norms[j]! - 2 * out[i * N + j]!);
  }
  return out;
}

function fillKernel(distances: Float32Array, gamma: number, kernel: Float32Array): void {
  for (let t = 0; t < kernel.length; t++) kernel[t] = Math.exp(-gamma * distances[t]!);
}

/** [D] mean of the rows of x. */
function centerOf(x: Float32Array, D: number): Float64Array {
  const center = new Float64Array(D);
  for (let t = 0; t < x.length; t++) center[t % D]! += x[t]!;
  return center.map((sum) => (sum * D) / x.length);
}

/** Puts the rows of x, less the centre, into the table from row `first` on. @returns their squared lengths */
function loadCentered(rows: Rows, first: number, x: Float32Array, center: Float64Array): Float64Array {
  const D = center.length;
  return Float64Array.from({ length: x.length / D }, (_, i) => {
    const row = rows.row(first + i);
    for (let j = 0; j < D; j++) row[j] = x[i * D + j]! - center[j]!;
    return rows.dot(first + i, first + i);
  });
}

function variance(x: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const v of x) sum += v;
  for (const v of x) squares += (v - sum / x.length) ** 2;
  return squares / x.length;
}
