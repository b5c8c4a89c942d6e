/**
 * The 68 landmarks as networks read them: points, measures of them that do not change where a face lies.
 * Shape legend: N batch, P points.
 */
import type { Value } from '../../onnx/index.ts';
import { int64 } from '../../tensor/index.ts';
import type { NetworkBuilder } from '../network.ts';

export const POINTS = 68;
/** The tip of the nose among the 68. */
const NOSE = 30;

/** [N,136] → [N,68,2] */
export const pointsOf = (b: NetworkBuilder, landmarks: Value): Value =>
  b.op('Reshape', [landmarks, b.ints([-1, POINTS, 2])]);

/** Some of the points: [N,P,2]. */
export const choosePoints = (b: NetworkBuilder, points: Value, indices: readonly number[]): Value =>
  b.op('Gather', [points, b.constant(int64(indices))], { axis: 1 });

/** With the tip of the nose as the origin. */
export const fromNose = (b: NetworkBuilder, points: Value): Value =>
  b.op('Sub', [points, choosePoints(b, points, [NOSE])]);

/**
 * From the nose, each axis divided by the deviation of the points along it; points that all coincide give 0.
 * Source: Jung et al. 2015, as recalled.
 */
export function standardizedPoints(b: NetworkBuilder, points: Value): Value {
  const axis = b.ints([1]);
  const centered = b.op('Sub', [points, b.op('ReduceMean', [points, axis])]);
  const variance = b.op('ReduceMean', [b.op('Mul', [centered, centered]), axis]); // [N,1,2]
  return b.op('Div', [fromNose(b, points), b.op('Max', [b.op('Sqrt', [variance]), 1e-6])]);
}

/** Distances of all pairs, in the order (1,2), (1,3) … (67,68): [N,68,2] → [N,2278]. */
export function pairDistances(b: NetworkBuilder, points: Value): Value {
  const pairs = Array.from({ length: POINTS }, (_, i) => i).flatMap((i) =>
    Array.from({ length: POINTS - 1 - i }, (_, k) => [i, i + 1 + k] as const),
  );
  const end = (k: 0 | 1): Value =>
    choosePoints(
      b,
      points,
      pairs.map((pair) => pair[k]),
    );
  return lengths(b, b.op('Sub', [end(0), end(1)]));
}

/** [N,P,2] → [N,P] */
export const lengths = (b: NetworkBuilder, d: Value): Value =>
  b.op('Sqrt', [b.op('ReduceSum', [b.op('Mul', [d, d]), b.ints([2])], { keepdims: 0 })]);
