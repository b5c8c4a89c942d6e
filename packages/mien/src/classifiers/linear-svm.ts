/**
 * The linear one-against-one support vector machine of Li & Deng (2019, section V-A): hinge loss, and C chosen for the
 * mean of the confusion matrix's diagonal, or for accuracy, by stratified cross-validation on the training set.
 *
 * Shape legend: N samples, D features, K classes, P pairs of classes.
 */
import { MienError, ShapeError } from '../errors.ts';
import { Random } from '../tensor/index.ts';
import type { HingeLoss } from './hinge.ts';
import { PairSolver, type PairSolution } from './linear-solver.ts';
import { pairsOf, vote, type Pair } from './one-vs-one.ts';
import { Rows } from './rows.ts';
import { fitScaling, scaleRow, type Scaling, type ScalingKind } from './scaling.ts';
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

export interface LinearSvm {
  readonly kind: 'svm';
  readonly scaling: Scaling;
  readonly classCount: number;
  readonly pairs: readonly Pair[];
  /** [P,D] and [P]: the decision value of a scaled sample is w·x + b. */
  readonly weights: Float32Array;
  readonly offsets: Float64Array;
  readonly C: number;
}

export interface LinearSvmOptions {
  /** Default `standardise`. */
  readonly scaling?: ScalingKind;
  /** Default `hinge`. */
  readonly loss?: HingeLoss;
  /** One value, or several to choose from, rising. Default: `defaultCosts`. */
  readonly C?: number | readonly number[];
  /** Default `mean-accuracy`. */
  readonly select?: Selection;
  /** Default 5. */
  readonly folds?: number;
  readonly seed?: number;
  /** Largest duality gap, relative; default 1e-3. Cross-validation takes ten times that. */
  readonly tolerance?: number;
  /** Default: 2,000, and up to 100,000 where a pass is short. */
  readonly maxPasses?: number;
  /** Called after each C of the cross-validation. */
  readonly onProgress?: (step: TuningStep<number>) => void;
}

export interface LinearSvmFit {
  readonly model: LinearSvm;
  /** By C, in order; empty when C was given. */
  readonly tuning: readonly TuningStep<number>[];
  /** [P] of the final fit. */
  readonly solutions: readonly PairSolution[];
}

/**
 * Cross-validation ends when so many C in a row were worse than the best: larger ones take longest, and fit the
 * training set closer.
 */
const PATIENCE = 2;

/** 4ᵏ / mean ‖x − x̄‖², k = −4 … 4, so that the grid does not depend on the number and size of the features. */
function defaultCosts(meanSquare: number): number[] {
  return Array.from({ length: 9 }, (_, k) => 4 ** (k - 4) / (meanSquare || 1));
}

/**
 * Trains one machine for each pair of classes that occur (see linear-solver.ts).
 * @throws {ShapeError | MienError} as `rowsByClass`; when C is not positive, or folds are fewer than 2
 * @example
 * ```ts
 * import { fitLinearSvm, predictClasses } from 'mienjs/classifiers';
 * import { float32 } from 'mienjs/tensor';
 *
 * const x = float32([4, 2], [0, 0, 0, 1, 5, 5, 5, 6]);
 * const { model } = fitLinearSvm({ x, y: Int32Array.of(0, 0, 1, 1), classCount: 2 }, { C: 1 });
 * [...predictClasses(model, float32([2, 2], [1, 1, 4, 4]))]; // → [0, 1]
 * ```
 */
export function fitLinearSvm(set: TrainingSet, options: LinearSvmOptions = {}): LinearSvmFit {
  const { select = 'mean-accuracy', folds = 5, seed = 0, tolerance = 1e-3, scaling: kind = 'standardise' } = options;
  const byClass = rowsByClass('fitLinearSvm', set);
  const pairs = pairsOf(byClass);
  const scaling = fitScaling(kind, set.x, Int32Array.from(byClass.flatMap((rows) => [...rows])));
  const table = centeredTable(set, byClass, scaling, pairs.length * (typeof options.C === 'number' ? 1 : folds) + 1);

  const costs =
    options.C === undefined
      ? defaultCosts(table.meanSquare)
      : typeof options.C === 'number'
        ? [options.C]
        : [...options.C];
  const isRising = costs.every((c, i) => c > (costs[i - 1] ?? 0));
  if (costs.length === 0 || !isRising)
    throw new MienError(`fitLinearSvm: C: expected positive numbers in rising order, got [${costs.join(', ')}]`);
  const tuning =
    costs.length > 1
      ? crossValidate(set, byClass, table, costs, { ...options, select, folds, seed, tolerance: 10 * tolerance })
      : [];
  const best = tuning.reduce<TuningStep<number> | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined);
  const C = best?.setting ?? costs[0]!;

  const solvers = solversOf(table, byClass, pairs, table.work, options);
  const solutions = solvers.map((solver, p) =>
    solver.solve({
      C,
      tolerance,
      maxPasses: options.maxPasses ?? passLimit(table),
      random: new Random(seed, `fit/${p}`),
    }),
  );
  const { rows, mean, D } = table;
  const weights = new Float32Array(pairs.length * D);
  const offsets = new Float64Array(pairs.length);
  solutions.forEach(({ offset }, p) => {
    const w = rows.row(table.work + 1 + p);
    weights.set(w, p * D);
    offsets[p] = offset - mean.reduce((sum, m, j) => sum + m * w[j]!, 0);
  });
  return { model: { kind: 'svm', scaling, classCount: set.classCount, pairs, weights, offsets, C }, tuning, solutions };
}

/** @returns [N] class indices   @throws {ShapeError} when the samples have another number of features */
export function predictLinearSvm({ scaling, classCount, pairs, weights, offsets }: LinearSvm, x: Features): Int32Array {
  const [N, D] = featureDims('predictLinearSvm', x);
  const P = pairs.length;
  if (D * P !== weights.length)
    throw new ShapeError('predictLinearSvm', `x: expected ${weights.length / P} features, got ${D}`);
  const CHUNK = 256;
  const rows = new Rows(CHUNK + P, D);
  pairs.forEach((_, p) => rows.row(CHUNK + p).set(weights.subarray(p * D, (p + 1) * D)));
  const values = new Float32Array(CHUNK * P);
  const predicted = new Int32Array(N);
  for (let start = 0; start < N; start += CHUNK) {
    const count = Math.min(CHUNK, N - start);
    for (let i = 0; i < count; i++) scaleRow(scaling, x, start + i, rows.row(i));
    rows.products(0, count, CHUNK, P, values); // [count,P]
    for (let i = 0; i < count; i++)
      predicted[start + i] = vote(pairs, classCount, (p) => values[i * P + p]! + offsets[p]!);
  }
  return predicted;
}

interface Table {
  readonly rows: Rows;
  /** Row of the table that solvers work in; weights follow. */
  readonly work: number;
  /** [D] what was subtracted from the scaled samples. */
  readonly mean: Float64Array;
  readonly meanSquare: number;
  readonly D: number;
}

/**
 * The scaled samples less their mean, row i of x in row i, then `extra` rows. As the offset is free, centring changes
 * no decision, and the solver then takes a fraction of the passes and loses nothing to rounding.
 */
function centeredTable({ x }: TrainingSet, byClass: readonly Int32Array[], scaling: Scaling, extra: number): Table {
  const [N, D] = featureDims('fitLinearSvm', x);
  const rows = new Rows(N + extra, D);
  const mean = new Float64Array(D);
  const used = byClass.flatMap((members) => [...members]);
  for (const i of used) {
    const row = rows.row(i);
    scaleRow(scaling, x, i, row);
    for (let j = 0; j < D; j++) mean[j]! += row[j]!;
  }
  for (let j = 0; j < D; j++) mean[j]! /= used.length;
  let squares = 0;
  for (const i of used) {
    const row = rows.row(i);
    for (let j = 0; j < D; j++) row[j]! -= mean[j]!;
    squares += rows.dot(i, i);
  }
  return { rows, work: N, mean, meanSquare: squares / used.length, D };
}

/** Many passes are needed where C is large for few features; they are short there. 5·10¹⁰ products take about 10 s. */
function passLimit({ work, D }: Table): number {
  return Math.round(Math.min(1e5, Math.max(2000, 5e10 / (work * D))));
}

/** A solver for each pair; its weights stand in the rows after `before`. */
function solversOf(
  { rows, work }: Table,
  byClass: readonly Int32Array[],
  pairs: readonly Pair[],
  before: number,
  { loss = 'hinge' }: LinearSvmOptions,
): PairSolver[] {
  return pairs.map(([first, second], p) => {
    const [positive, negative] = [byClass[first]!, byClass[second]!];
    const samples = Int32Array.from([...positive, ...negative]);
    const signs = Int8Array.from(samples, (_, i) => (i < positive.length ? 1 : -1));
    return new PairSolver({ rows, samples, signs, loss, weights: before + 1 + p, scratch: work });
  });
}

/**
 * The score of each C, by predictions of the samples that are left out, pooled over the folds; each fold goes up the Cs
 * from its last solution.
 */
function crossValidate(
  set: TrainingSet,
  byClass: readonly Int32Array[],
  table: Table,
  costs: readonly number[],
  options: LinearSvmOptions & Required<Pick<LinearSvmOptions, 'select' | 'folds' | 'seed' | 'tolerance'>>,
): TuningStep<number>[] {
  const { select, folds, seed, tolerance, maxPasses = passLimit(table), onProgress } = options;
  const { rows, work } = table;
  const fold = tuningFolds('fitLinearSvm', set, byClass, folds, seed);
  const parts = Array.from({ length: folds }, (_, f) => {
    const kept = byClass.map((members) => members.filter((i) => fold[i] !== f));
    const pairs = pairsOf(kept);
    const first = work + f * pairsOf(byClass).length;
    return {
      held: [...fold.keys()].filter((i) => fold[i] === f),
      pairs,
      first,
      solvers: solversOf(table, kept, pairs, first, options),
    };
  });
  const steps: TuningStep<number>[] = [];
  let best = { score: -Infinity, at: -1 };
  for (const [at, C] of costs.entries()) {
    const predicted = new Int32Array(set.y.length);
    parts.forEach(({ held, pairs, first, solvers }, f) => {
      const offsets = solvers.map(
        (solver, p) =>
          solver.solve({ C, tolerance, maxPasses, random: new Random(seed, `tune/${at}/${f}/${p}`) }).offset,
      );
      for (const i of held) predicted[i] = vote(pairs, set.classCount, (p) => rows.dot(i, first + 1 + p) + offsets[p]!);
    });
    const step = { setting: C, score: scorePredictions(set.y, predicted, set.classCount, select) };
    steps.push(step);
    onProgress?.(step);
    // Equal ones do not count: the smallest C may all predict the largest class
    if (step.score >= best.score) best = { score: step.score, at };
    else if (at - best.at >= PATIENCE) break;
  }
  return steps;
}
