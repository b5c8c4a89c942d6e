/**
 * A random forest: trees on bootstrap samples, each node looking at √D random features; the class with the largest mean
 * share over the leaves, as in scikit-learn (Breiman 2001 counts votes; of fully grown trees that is nearly the same).
 *
 * Shape legend: N samples, D features, K classes.
 */
import { MienError, ShapeError } from '../errors.ts';
import { argMax } from '../tensor/arg-max.ts';
import { Random } from '../tensor/index.ts';
import { quantize } from './quantize.ts';
import { featureDims, rowsByClass, type Features, type TrainingSet } from './training-set.ts';
import { leafOf, TreeGrower, type Tree } from './tree.ts';

export interface Forest {
  readonly kind: 'forest';
  readonly classCount: number;
  /** D */
  readonly featureCount: number;
  readonly trees: readonly Tree[];
}

export interface ForestOptions {
  /** Default 100. */
  readonly trees?: number;
  /** Features that a node looks at; default ⌊√D⌋. */
  readonly maxFeatures?: number;
  readonly seed?: number;
  /** Called after each tree. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * @throws {ShapeError | MienError} as `rowsByClass`; when an option is out of range
 * @example
 * ```ts
 * import { decodeClassifier, encodeClassifier, fitForest, predictClasses } from 'mienjs/classifiers';
 * import { float32 } from 'mienjs/tensor';
 *
 * const x = float32([4, 1], [0, 1, 8, 9]);
 * const forest = fitForest({ x, y: Int32Array.of(0, 0, 1, 1), classCount: 2 }, { trees: 25, seed: 1 });
 * const kept = decodeClassifier(encodeClassifier(forest), 'forest.json');
 * [...predictClasses(kept, x)]; // → [0, 0, 1, 1]
 * ```
 */
export function fitForest(
  set: TrainingSet,
  { trees = 100, maxFeatures: tried, seed = 0, onProgress }: ForestOptions = {},
): Forest {
  const byClass = rowsByClass('fitForest', set);
  const [, D] = featureDims('fitForest', set.x);
  if (!Number.isInteger(trees) || trees < 1)
    throw new MienError(`fitForest: trees: expected a whole number from 1, got ${trees}`);
  const looked = tried ?? Math.floor(Math.sqrt(D));
  if (!Number.isInteger(looked) || looked < 1 || looked > D)
    throw new MienError(`fitForest: tried: expected 1 to ${D} features, got ${looked}`);
  const used = Int32Array.from(byClass.flatMap((rows) => [...rows])).sort();
  const grower = new TreeGrower(
    quantize(set.x, used),
    used.map((i) => set.y[i]!),
    set.classCount,
    looked,
  );
  const grown = Array.from({ length: trees }, (_, t) => {
    const random = new Random(seed, `tree/${t}`);
    const tree = grower.grow(
      used.map(() => random.int(used.length)),
      random,
    );
    onProgress?.(t + 1, trees);
    return tree;
  });
  return { kind: 'forest', classCount: set.classCount, featureCount: D, trees: grown };
}

/**
 * @returns [N] class indices, of equal shares the lowest   @throws {ShapeError} when the samples have another number of
 *   features
 */
export function predictForest({ classCount: K, featureCount, trees }: Forest, x: Features): Int32Array {
  const [N, D] = featureDims('predictForest', x);
  if (D !== featureCount) throw new ShapeError('predictForest', `x: expected ${featureCount} features, got ${D}`);
  const shares = new Float64Array(N * K);
  for (const tree of trees) {
    for (let i = 0; i < N; i++) {
      const leaf = leafOf(tree, x.data, i * D) * K;
      for (let k = 0; k < K; k++) shares[i * K + k]! += tree.shares[leaf + k]!;
    }
  }
  return Int32Array.from({ length: N }, (_, i) => argMax(shares, i * K, K));
}
