/**
 * What a gradient rule sees and returns, and the small graph idioms that rules share.
 * Throughout: L is the loss, dY = ∂L/∂Y has Y's shape, and a rule returns ∂L/∂input for each input.
 */
import { ShapeError } from '../errors.ts';
import { staticDims, type GraphBuilder, type GraphNode, type Value } from '../onnx/index.ts';
import { sizeOf, tensor } from '../tensor/index.ts';

export interface GradientContext {
  readonly b: GraphBuilder;
  readonly node: GraphNode;
  /** Input i of the node. */
  x(i: number): Value;
  /** Output i of the node. */
  y(i?: number): Value;
  /** The gradient of output i, or null where the loss does not depend on it. */
  dyOf(i?: number): Value | null;
  /** The gradient of output 0. */
  readonly dy: Value;
  /** Whether the gradient of input i is wanted. */
  needs(i: number): boolean;
  /**
   * The gradients of the inputs through a graph of other ops that computes the same outputs.
   * @param expand appends that graph, on the inputs it is given
   */
  through(expand: (inputs: readonly (Value | null)[]) => readonly Value[]): (Value | null)[];
  /** The numbers of constant input i, or undefined where it is absent or not constant. */
  numbers(i: number): number[] | undefined;
}

/**
 * Returns a gradient for each input, null for "none". A gradient may have the broadcast shape of its input:
 * the driver sums it back.
 */
export type GradientRule = (g: GradientContext) => (Value | null)[];

/** A gradient rule; or `zero`: no gradient flows through; or `forbidden`: differentiating is an error. */
export type GradientEntry = GradientRule | 'zero' | 'forbidden';

export const add = (b: GraphBuilder, x: Value, y: Value | number): Value => b.op('Add', [x, y]);
export const mul = (b: GraphBuilder, x: Value, y: Value | number): Value => b.op('Mul', [x, y]);

/** The condition (bool) as 0 or 1 float: cheaper in ONNX Runtime's CPU kernels than Where. */
export const mask = (b: GraphBuilder, condition: Value): Value => b.op('Cast', [condition], { to: 1 });

export const sum = (b: GraphBuilder, x: Value, axes: readonly number[], keepdims = true): Value =>
  b.op('ReduceSum', [x, b.ints(axes)], { keepdims: keepdims ? 1 : 0 });

export const reshape = (b: GraphBuilder, x: Value, dims: readonly number[]): Value =>
  x.shape.length === dims.length && x.shape.every((d, i) => d === dims[i]) ? x : b.op('Reshape', [x, b.ints(dims)]);

export const transpose = (b: GraphBuilder, x: Value, perm: readonly number[]): Value =>
  perm.every((p, i) => p === i) ? x : b.op('Transpose', [x], { perm });

export const slice = (
  b: GraphBuilder,
  x: Value,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps?: readonly number[],
): Value => b.op('Slice', [x, b.ints(starts), b.ints(ends), b.ints(axes), ...(steps ? [b.ints(steps)] : [])]);

/** Pads spatial axes (2 …) with zeros; `pads` in ONNX order for those axes. */
export function padSpatial(b: GraphBuilder, x: Value, pads: readonly number[]): Value {
  if (pads.every((p) => p === 0)) return x;
  const rank = pads.length / 2;
  return b.op('Pad', [x, b.ints([0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)])]);
}

export const dimsOf = (v: Value): number[] => staticDims(v.shape, `gradient of "${v.name}"`);

export const zerosLike = (b: GraphBuilder, v: Value): Value =>
  b.op('ConstantOfShape', [b.ints(dimsOf(v))], { value: tensor('float32', [1], Float32Array.of(0)) });

/**
 * Sums a broadcast gradient back to the shape of its source: over leading axes that the source lacks
 * and over axes where the source has 1.
 * @throws {ShapeError} when the gradient is not a broadcast of the source
 */
export function sumToShape(b: GraphBuilder, gradient: Value, source: Value): Value {
  const g = dimsOf(gradient);
  const s = dimsOf(source);
  if (g.length === s.length && g.every((d, i) => d === s[i])) return gradient;
  const lead = g.length - s.length;
  const axes = g.flatMap((d, i) => (i < lead || (s[i - lead] === 1 && d !== 1) ? [i] : []));
  if (lead < 0 || sizeOf(s) !== sizeOf(g.map((d, i) => (axes.includes(i) ? 1 : d)))) {
    throw new ShapeError(
      'autodiff',
      `gradient [${g.join(',')}] does not sum back to "${source.name}" [${s.join(',')}]`,
    );
  }
  return reshape(b, axes.length ? sum(b, gradient, axes) : gradient, s);
}

/** Puts back the axes that a reduction with keepdims=0 removed. */
export function restoreAxes(b: GraphBuilder, v: Value, full: readonly number[], axes: readonly number[]): Value {
  return reshape(
    b,
    v,
    full.map((d, i) => (axes.includes(i) ? 1 : d)),
  );
}
