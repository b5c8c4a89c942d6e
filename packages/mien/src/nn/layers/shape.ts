/** What layers ask of their input's shape. */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';

/** The size of axis 1. */
export function channelsOf(x: Value, operation: string): number {
  return staticDims(x.shape.slice(1, 2), operation)[0]!;
}

/**
 * The number of spatial axes of x [N,C,…].
 * @throws {ShapeError} when it is not one of `allowed`
 */
export function spatialRank(x: Value, operation: string, allowed: readonly number[] = [1, 2, 3]): number {
  const rank = x.shape.length - 2;
  if (!allowed.includes(rank))
    throw new ShapeError(operation, `needs [N,C] and ${allowed.join(' or ')} spatial axes, got [${x.shape.join(',')}]`);
  return rank;
}

/**
 * One number for every spatial axis, or a list with one each.
 * @throws {ShapeError} when the list has another length
 */
export function perAxis(value: number | readonly number[], rank: number, operation: string, what: string): number[] {
  if (typeof value === 'number') return new Array<number>(rank).fill(value);
  if (value.length !== rank) throw new ShapeError(operation, `${what} needs ${rank} numbers, got [${value.join(',')}]`);
  return [...value];
}
