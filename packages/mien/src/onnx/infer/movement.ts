/** Shapes of ops that move or repeat elements, and of constants. */
import { ShapeError } from '../../errors.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Dim, Shape } from '../graph.ts';
import type { OpName } from '../ops.ts';
import {
  DTYPE_BY_CODE,
  DTYPE_CODES,
  broadcastShapes,
  normalizeAxis,
  productDim,
  sameAsFirst,
  show,
  type InferContext,
  type InferRule,
} from './rule.ts';

export const MOVEMENT_SHAPES = {
  Reshape: (c) => [{ dtype: c.dtype(0), shape: reshape(c.shape(0), c.numbers(1)!, c.int('allowzero', 0) === 1, c) }],
  Flatten: (c) => {
    const x = c.shape(0);
    const axis = c.int('axis', 1) < 0 ? c.int('axis', 1) + x.length : c.int('axis', 1);
    return [{ dtype: c.dtype(0), shape: [productDim(x.slice(0, axis)), productDim(x.slice(axis))] }];
  },
  Transpose: (c) => {
    const x = c.shape(0);
    const perm = c.ints('perm') ?? x.map((_, i) => x.length - 1 - i);
    if (perm.length !== x.length || new Set(perm).size !== x.length)
      c.fail(`perm ${show(perm)} is not a permutation of ${show(x)}`);
    return [{ dtype: c.dtype(0), shape: perm.map((p) => x[p]!) }];
  },
  Concat: (c) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
    let total: Dim = 0;
    for (let i = 0; i < c.inputCount; i++) {
      const s = c.shape(i);
      if (
        s.length !== x.length ||
        s.some((d, j) => j !== axis && typeof d === 'number' && typeof x[j] === 'number' && d !== x[j])
      ) {
        c.fail(`input ${i} has shape ${show(s)}, which does not fit ${show(x)} along axis ${axis}`);
      }
      const d = s[axis]!;
      total = typeof total === 'number' && typeof d === 'number' ? total + d : c.inputCount === 1 ? d : `${total}+${d}`;
    }
    return [{ dtype: c.dtype(0), shape: x.map((d, i) => (i === axis ? total : d)) }];
  },
  Split: (c: InferContext) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
    const d = x[axis];
    if (typeof d !== 'number') c.fail(`cannot split the symbolic dimension ${d}`);
    const given = c.numbers(1);
    const n = given?.length ?? c.int('num_outputs', c.outputCount);
    const chunk = Math.ceil(d / n);
    const sizes = given ?? Array.from({ length: n }, (_, i) => Math.min(chunk, d - i * chunk));
    if (sizes.reduce((a, b) => a + b, 0) !== d || sizes.length !== c.outputCount)
      c.fail(`parts ${show(sizes)} do not make up the ${d} of ${show(x)} in ${c.outputCount} outputs`);
    return sizes.map((size) => ({ dtype: c.dtype(0), shape: x.map((v, i) => (i === axis ? size : v)) }));
  },
  Slice: (c: InferContext) => {
    const x = c.shape(0);
    const starts = c.numbers(1)!;
    const ends = c.numbers(2)!;
    const axes = (c.numbers(3) ?? starts.map((_, i) => i)).map((a) => normalizeAxis(a, x.length, c.op));
    const steps = c.numbers(4) ?? starts.map(() => 1);
    const shape = [...x];
    axes.forEach((axis, i) => {
      const d = x[axis]!;
      if (typeof d !== 'number') c.fail(`cannot slice the symbolic dimension ${d}`);
      shape[axis] = sliceRange(d, starts[i]!, ends[i]!, steps[i]!).count;
    });
    return [{ dtype: c.dtype(0), shape }];
  },
  Pad: (c: InferContext) => {
    const x = c.shape(0);
    const pads = c.numbers(1)!;
    const axes = (c.numbers(3) ?? x.map((_, i) => i)).map((a) => normalizeAxis(a, x.length, c.op));
    if (pads.length !== 2 * axes.length) c.fail(`${pads.length} pads for ${axes.length} axes`);
    const shape = [...x];
    axes.forEach((axis, i) => {
      const total = pads[i]! + pads[i + axes.length]!;
      const d = x[axis]!;
      if (typeof d === 'number') shape[axis] = d + total;
      else if (total !== 0) c.fail(`cannot pad the symbolic dimension ${d}`);
    });
    return [{ dtype: c.dtype(0), shape }];
  },
  Expand: (c) => [{ dtype: c.dtype(0), shape: broadcastShapes(c.shape(0), c.numbers(1)!, c.op) }],
  Squeeze: (c) => {
    const x = c.shape(0);
    const axes = new Set(
      (c.numbers(1) ?? x.flatMap((d, i) => (d === 1 ? [i] : []))).map((a) => normalizeAxis(a, x.length, c.op)),
    );
    for (const a of axes) if (x[a] !== 1) c.fail(`dimension ${a} of ${show(x)} is not 1`);
    return [{ dtype: c.dtype(0), shape: x.filter((_, i) => !axes.has(i)) }];
  },
  Unsqueeze: (c) => {
    const x = c.shape(0);
    const given = c.numbers(1)!;
    const rank = x.length + given.length;
    const axes = new Set(given.map((a) => normalizeAxis(a, rank, c.op)));
    const rest = x[Symbol.iterator]();
    return [
      {
        dtype: c.dtype(0),
        shape: Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : (rest.next().value as Dim))),
      },
    ];
  },
  Tile: (c) => {
    const repeats = c.numbers(1)!;
    return [{ dtype: c.dtype(0), shape: c.shape(0).map((d, i) => productDim([d, repeats[i]!])) }];
  },
  DepthToSpace: (c: InferContext) => {
    const [n, channels, h, w] = c.shape(0);
    const s = c.int('blocksize', 0);
    if (c.shape(0).length !== 4 || typeof channels !== 'number' || channels % (s * s) !== 0)
      c.fail(`${show(c.shape(0))} cannot give its channels to blocks of ${s}×${s}`);
    return [{ dtype: c.dtype(0), shape: [n!, channels / (s * s), productDim([h!, s]), productDim([w!, s])] }];
  },
  SpaceToDepth: (c: InferContext) => {
    const [n, channels, h, w] = c.shape(0);
    const s = c.int('blocksize', 0);
    if (c.shape(0).length !== 4 || typeof h !== 'number' || typeof w !== 'number' || h % s !== 0 || w % s !== 0)
      c.fail(`${show(c.shape(0))} cannot be cut into blocks of ${s}×${s}`);
    return [{ dtype: c.dtype(0), shape: [n!, productDim([channels!, s * s]), h / s, w / s] }];
  },
  Trilu: sameAsFirst,
  EyeLike: (c) => [
    {
      dtype: DTYPE_BY_CODE.get(c.int('dtype', DTYPE_CODES[c.dtype(0)])) ?? c.fail(`has no dtype ${c.int('dtype', 0)}`),
      shape: c.shape(0),
    },
  ],
  Range: (c) => {
    const [start, limit, delta] = [0, 1, 2].map((i) => c.numbers(i)![0]!) as [number, number, number];
    if (delta === 0) c.fail('delta is 0');
    return [{ dtype: c.dtype(0), shape: [Math.max(0, Math.ceil((limit - start) / delta))] }];
  },
  Shape: (c) => {
    const rank = c.shape(0).length;
    const clampAxis = (a: number): number => Math.min(Math.max(a < 0 ? a + rank : a, 0), rank);
    return [{ dtype: 'int64', shape: [Math.max(0, clampAxis(c.int('end', rank)) - clampAxis(c.int('start', 0)))] }];
  },
  ConstantOfShape: (c) => [
    { dtype: (c.attr('value')?.value as Tensor | undefined)?.dtype ?? 'float32', shape: c.numbers(0)! },
  ],
  Constant: (c) => {
    const t = c.attr('value')?.value as Tensor | undefined;
    if (t) return [{ dtype: t.dtype, shape: t.dims }];
    if (c.attr('value_float')) return [{ dtype: 'float32', shape: [] }];
    if (c.attr('value_int')) return [{ dtype: 'int64', shape: [] }];
    const list = c.ints('value_ints') ?? c.ints('value_floats');
    return list
      ? [{ dtype: c.attr('value_ints') ? 'int64' : 'float32', shape: [list.length] }]
      : c.fail('has no value');
  },
} as const satisfies Partial<Record<OpName, InferRule>>;

/** What productDim multiplied: "N*16" → ["N", 16]. */
function factors(d: Dim): Dim[] {
  return typeof d === 'number' || d.includes('+') ? [d] : d.split('*').map((f) => (/^\d+$/.test(f) ? Number(f) : f));
}

function reshape(x: Shape, target: readonly number[], allowZero: boolean, c: InferContext): Shape {
  const shape: Dim[] = target.map((d, i) =>
    d === 0 && !allowZero ? (x[i] ?? c.fail(`0 at ${i} copies no dimension of ${show(x)}`)) : d,
  );
  const inferred = shape.indexOf(-1);
  // Symbols that stand on both sides cancel; what is left must match as numbers.
  const rest = x.flatMap(factors);
  const others = shape.filter((_, i) => i !== inferred).flatMap(factors);
  for (const d of others) if (typeof d === 'string' && rest.includes(d)) rest.splice(rest.indexOf(d), 1);
  const known = others.reduce<number>((p, d) => (typeof d === 'number' ? p * d : p), 1);
  const total = rest.reduce<number>((p, d) => (typeof d === 'number' ? p * d : p), 1);
  const symbols = rest.filter((d) => typeof d === 'string');
  if (inferred < 0) {
    if (symbols.length === 0 && known !== total) c.fail(`${show(x)} cannot become ${show(target)}`);
    return shape;
  }
  if (symbols.length === 0 && total % known !== 0) c.fail(`${show(x)} cannot become ${show(target)}`);
  shape[inferred] = productDim([...symbols, total / known]);
  return shape;
}

/** Where a Slice with these bounds starts along an axis of length `size`, and how many positions it takes. */
function sliceRange(size: number, start: number, end: number, step: number): { first: number; count: number } {
  if (step === 0) throw new ShapeError('Slice', 'step is 0');
  const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v < 0 ? v + size : v, low), high);
  const forward = step > 0;
  const first = forward ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  const stop = forward ? clamp(end, 0, size) : end < -size ? -1 : clamp(end, -1, size - 1);
  return { first, count: Math.max(0, Math.ceil((stop - first) / step)) };
}

/** The positions that a Slice with these bounds takes along an axis of length `size`. */
export function sliceIndices(size: number, start: number, end: number, step: number): number[] {
  const { first, count } = sliceRange(size, start, end, step);
  return Array.from({ length: count }, (_, i) => first + i * step);
}
