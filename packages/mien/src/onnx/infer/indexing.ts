/** Shapes of ops that read and write at indices. */
import type { OpName } from '../ops.ts';
import { normalizeAxis, sameAsFirst, type InferContext, type InferRule } from './rule.ts';

export const INDEXING_SHAPES = {
  Gather: (c) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
    return [{ dtype: c.dtype(0), shape: [...x.slice(0, axis), ...c.shape(1), ...x.slice(axis + 1)] }];
  },
  GatherElements: (c) => [{ dtype: c.dtype(0), shape: c.shape(1) }],
  ScatterElements: sameAsFirst,
  GatherND: (c: InferContext) => {
    const x = c.shape(0);
    const indices = c.shape(1);
    const last = indices.at(-1);
    if (typeof last !== 'number') c.fail('needs a known last dimension of the indices');
    return [{ dtype: c.dtype(0), shape: [...indices.slice(0, -1), ...x.slice(c.int('batch_dims', 0) + last)] }];
  },
  ScatterND: sameAsFirst,
  OneHot: (c) => {
    const indices = c.shape(0);
    const depth = c.numbers(1)![0]!;
    const axis = normalizeAxis(c.int('axis', -1), indices.length + 1, c.op);
    return [{ dtype: c.dtype(2), shape: [...indices.slice(0, axis), depth, ...indices.slice(axis)] }];
  },
} as const satisfies Partial<Record<OpName, InferRule>>;
