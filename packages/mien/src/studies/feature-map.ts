/**
 * Features of many dimensions as a map of two, for looking at how classes lie to each other: Li & Deng 2019, fig. 9.
 * Principal components, then UMAP (McInnes, Healy & Melville 2018). The paper does not say how its map was made.
 *
 * Shape legend: N samples, D dimensions.
 */
import { UMAP } from 'umap-js';
import { ShapeError } from '../errors.ts';
import { Random } from '../tensor/index.ts';
import { chancePurity, nearestNeighbors, neighborPurity } from '../classifiers/nearest.ts';
import { principalComponents } from '../classifiers/principal-components.ts';

/** Principal components that are kept before neighbours are sought. */
const COMPONENTS = 50;
/** Neighbours whose labels are compared. */
export const PURITY_NEIGHBORS = 10;
/** UMAP moves the points by steps of about 1, so the map starts within ±10, as umap-learn's does. */
const START_EXTENT = 10;

export interface FeatureMapOptions {
  /** UMAP's neighbourhood: more show the larger structure. Default 15. */
  readonly neighbors?: number;
  /** How close points may lie, in units of the map. Default 0.1. */
  readonly minDistance?: number;
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface FeatureMap {
  /** [N,2] */
  readonly points: Float64Array;
  readonly components: number;
  /** Share of the variance that the components keep. */
  readonly explained: number;
  /** Share of the 10 nearest neighbours with a sample's own label: among the components, on the map, and by chance. */
  readonly purity: { readonly features: number; readonly map: number; readonly chance: number };
}

/**
 * Neighbours are exact, and the map starts from the first two components, so that its larger structure is not left to
 * chance; with the seed it is the same on every run. Time grows as N²: a few thousand samples take seconds.
 * @param features [N,D]   @param labels [N]
 * @throws {ShapeError} when features and labels differ, or there are no more samples than neighbours
 */
export function featureMap(
  features: Float32Array,
  labels: ArrayLike<number>,
  { neighbors = 15, minDistance = 0.1, seed = 1, onProgress }: FeatureMapOptions = {},
): FeatureMap {
  const N = labels.length;
  const D = features.length / N;
  const least = Math.max(neighbors, PURITY_NEIGHBORS) + 1;
  if (N < least) throw new ShapeError('featureMap', `expected at least ${least} samples, got ${N}`);
  if (!Number.isInteger(D))
    throw new ShapeError('featureMap', `features: expected ${N} rows, got ${features.length} values`);
  const { components, scores, explained } = principalComponents(features, D, COMPONENTS, seed);

  const random = new Random(seed, 'feature-map');
  const { indices, distances } = nearestNeighbors(scores, components, neighbors - 1);
  const rowsOf = (values: Int32Array | Float64Array, own: (i: number) => number): number[][] =>
    Array.from({ length: N }, (_, i) => [own(i), ...values.subarray(i * (neighbors - 1), (i + 1) * (neighbors - 1))]);
  const umap = new UMAP({
    nNeighbors: neighbors,
    minDist: minDistance,
    nComponents: 2,
    random: () => random.uniform(),
  });
  umap.setPrecomputedKNN(
    rowsOf(indices, (i) => i),
    rowsOf(distances, () => 0),
  ); // a sample is its own first neighbour there
  const epochs = umap.initializeFit(
    Array.from({ length: N }, (_, i) => [...scores.subarray(i * components, (i + 1) * components)]),
  );
  startFromComponents(umap.getEmbedding(), scores, components, random);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    onProgress?.(epoch + 1, epochs);
  }
  const points = Float64Array.from(umap.getEmbedding().flat());
  return {
    points,
    components,
    explained,
    purity: {
      features: neighborPurity(nearestNeighbors(scores, components, PURITY_NEIGHBORS), labels),
      map: neighborPurity(nearestNeighbors(points, 2, PURITY_NEIGHBORS), labels),
      chance: chancePurity(labels),
    },
  };
}

/** Overwrites the random start in place; a little noise parts samples that are equal. */
function startFromComponents(embedding: number[][], scores: Float64Array, components: number, random: Random): void {
  let extent = 0;
  for (let i = 0; i < embedding.length; i++) extent = Math.max(extent, Math.abs(scores[i * components]!));
  embedding.forEach((point, i) => {
    for (let d = 0; d < 2; d++)
      point[d] =
        (extent > 0 && d < components ? (START_EXTENT * scores[i * components + d]!) / extent : 0) +
        1e-3 * random.normal();
  });
}

/**
 * Rows for a map: those with a label, at most `size` of them, drawn without replacement and given in ascending order.
 * @param labels [N] −1 = unlabelled
 */
export function sampleRows(labels: ArrayLike<number>, size: number, seed: number): number[] {
  const rows = Array.from(labels, (_, i) => i).filter((i) => labels[i]! >= 0);
  if (rows.length <= size) return rows;
  const order = new Random(seed, 'feature-map/sample').permutation(rows.length);
  return Array.from(order.subarray(0, size), (i) => rows[i]!).sort((a, b) => a - b);
}
