/**
 * Crowd labels become ground truth: the third flow.
 *
 *   votes → posterior, reliability of workers → label distribution g → subsets → rows of a manifest, which `mien train` takes
 *
 * Shape legend: T tasks, W workers, K classes.
 */
import type { ManifestRow } from '../data/index.ts';
import { InputError } from '../errors.ts';
import type { ExpressionVotes } from './expressions.ts';
import { weightedVotes, workerWeights, type WeightOptions, type WorkerWeights } from './distribution.ts';
import type { InferenceOf, MethodName, MethodOptions } from './inference.ts';
import { manifestRows, type ManifestOptions } from './manifest.ts';
import { infer } from './methods/index.ts';
import { partition, type TaskSubset } from './partition.ts';

export interface GroundTruthOptions<M extends MethodName> extends WeightOptions {
  readonly method: M;
  /** Settings of the method; `methodOf(name).settings` describes each. */
  readonly settings?: MethodOptions[M];
}

export interface GroundTruth<M extends MethodName = MethodName> {
  readonly inference: InferenceOf<M>;
  /** What each worker's vote weighs. */
  readonly workers: WorkerWeights;
  /** [T,K] g, the weighted votes: a label distribution once a row is divided by its sum. */
  readonly weighted: Float64Array;
  /** [T] */
  readonly subsets: readonly TaskSubset[];
  /** A row for each task whose subset is wanted. */
  readonly rows: (wanted: (subset: TaskSubset) => boolean, options?: ManifestOptions) => ManifestRow[];
}

/**
 * Votes to labels, label distributions and subsets: what `mien crowd partition` does.
 * @throws {InputError} when the method is unknown, a setting out of its range, or `excludeBelow` among the settings
 * @throws {MienError} when `excludeBelow` is not a share
 * @example
 * ```ts
 * import { groundTruth, nameExpressions } from 'mienjs/crowd';
 * import { readVotes } from 'mienjs/crowd/node';
 * import { formatManifestRow } from 'mienjs/data';
 *
 * const votes = nameExpressions(await readVotes('votes.csv'), 'votes.csv');
 * const truth = groundTruth(votes, { method: 'glad' });
 * for (const row of truth.rows(({ kind }) => kind === 'single')) console.log(formatManifestRow(row));
 * ```
 */
export function groundTruth<M extends MethodName>(
  votes: ExpressionVotes,
  options: GroundTruthOptions<M>,
): GroundTruth<M> {
  if (options.settings && 'excludeBelow' in options.settings)
    throw new InputError(
      'settings',
      'expected excludeBelow beside them: as a setting, it lists workers and excludes none',
    );
  const inference = infer(votes, options.method, options.settings);
  const workers = workerWeights(votes, inference, options);
  const weighted = weightedVotes(votes, workers.weights);
  const subsets = partition(weighted, votes.classes);
  return {
    inference,
    workers,
    weighted,
    subsets,
    rows: (wanted, manifest) => manifestRows(votes, weighted, subsets, wanted, manifest),
  };
}
