/** Batches that a sampler made of groups (pairs, triplets, tuplets), taken apart for their losses. */
import { staticDims, type GraphBuilder, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { requireMatrix, requireSameShape, rowSum } from './terms.ts';

/**
 * The members of each group: row i·S + s → row i of value s. Legend: G groups, S members of each, D features.
 * @param x float32 [G·S,D]   @returns S values [G,D]
 * @throws {ShapeError} when the rows are not whole groups
 */
export function groupRows(b: GraphBuilder, x: Value, size: number): Value[] {
  const [n, d] = requireMatrix('groupRows', 'x', x);
  if (!(Number.isInteger(size) && size > 0) || n % size !== 0)
    throw new ShapeError('groupRows', `expected groups of ${size}, got ${n} rows`);
  const groups = b.op('Reshape', [x, b.ints([n / size, size, d])]); // [G·S,D] → [G,S,D]
  return Array.from({ length: size }, (_, s) =>
    b.op('Reshape', [b.op('Slice', [groups, b.ints([s]), b.ints([s + 1]), b.ints([1])]), b.ints([n / size, d])]),
  );
}

/** One group's rows: S values [D] of each as float32 [S,D]. @throws {ShapeError} when there is no such group */
export function groupAt(b: GraphBuilder, x: Value, size: number, group: number): Value {
  const [n] = staticDims(x.shape, 'groupAt') as [number];
  if (group < 0 || (group + 1) * size > n)
    throw new ShapeError('groupAt', `expected a group of ${size} below ${Math.floor(n / size)}, got ${group}`);
  return b.op('Slice', [x, b.ints([group * size]), b.ints([(group + 1) * size]), b.ints([0])]);
}

/**
 * Which pairs are of one class.
 * @param left float32 [N,K], one-hot   @param right float32 [N,K]   @returns float32 [N], 1 for a like pair
 * @throws {ShapeError} when the shapes differ
 */
export function sameRows(b: GraphBuilder, left: Value, right: Value): Value {
  requireSameShape('sameRows', ['left', left], ['right', right]);
  const [n] = staticDims(left.shape, 'sameRows') as [number];
  return b.op('Reshape', [rowSum(b, b.op('Mul', [left, right])), b.ints([n])]);
}
