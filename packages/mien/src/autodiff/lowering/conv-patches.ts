/**
 * Convolution as one matrix product over the whole batch, for small images with many channels: ONNX Runtime's Conv
 * makes a product per image, whose few columns leave its kernels idle, and a weight gradient per image would write N
 * times the weights.
 *
 *   patches(X) [N·P, T·C]: for each output position, the T kernel taps' channels; zeros outside the image
 *   W̃ [O, T·C]: the weights with channels last
 *   Y = patches(X)·W̃ᵀ        dW̃ = dYᵀ·patches(X)        dX = the sum of the rows of dY·W̃ that fell on each pixel
 *
 * Legend: N images, C and O channels in and out, P output positions, Q input pixels, T kernel taps. Rows are pixels,
 * all channels of a pixel together, so that a patch is copied in runs of C numbers.
 */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { float32, int64, sizeOf } from '../../tensor/index.ts';
import { convGeometry, positionsOf, type ConvGeometry } from '../conv-geometry.ts';
import { dimsOf, reshape, sum, transpose } from '../rule.ts';

/** Largest P and smallest C and O for which this is faster; measured, see docs/derivations/convolution.md. */
const MAX_POSITIONS = 64;
const MIN_CHANNELS = 32;

/** Whether a convolution from `channels` to the output dY [N,O,…] is faster in this form. */
export function suitsPatches(channels: number, outDims: readonly number[], { group }: ConvGeometry): boolean {
  const [, o, ...out] = outDims as [number, number, ...number[]];
  return group === 1 && sizeOf(out) <= MAX_POSITIONS && channels >= MIN_CHANNELS && o >= MIN_CHANNELS;
}

/** Y [N,O,…] of x [N,C,…], w [O,C,…kernel] and the bias [O]. */
export function convByPatches(
  b: GraphBuilder,
  x: Value,
  w: Value,
  bias: Value | null,
  outDims: readonly number[],
  geo: ConvGeometry,
): Value {
  const [, o] = outDims as [number, number];
  const rows = b.op('Gemm', [patches(b, x, outDims.slice(2), geo), weightRows(b, w), bias], { transB: 1 });
  return fromRows(b, rows, [outDims[0]!, o, ...outDims.slice(2)]);
}

/** ∂L/∂W [O,C,…kernel] of x [N,C,…] and dY [N,O,…]. */
export function weightGradientByPatches(b: GraphBuilder, x: Value, dY: Value, geo: ConvGeometry): Value {
  const [, o, ...out] = dimsOf(dY) as [number, number, ...number[]];
  const product = b.op('Gemm', [toRows(b, dY), patches(b, x, out, geo), null], { transA: 1 });
  // [O,T·C] → [O,…kernel,C] → [O,C,…kernel]
  const rank = geo.kernel.length;
  return transpose(b, reshape(b, product, [o, ...geo.kernel, dimsOf(x)[1]!]), [
    0,
    rank + 1,
    ...geo.kernel.map((_, i) => i + 1),
  ]);
}

/** ∂L/∂X [N,C,…] of `inputDims`, from dY [N,O,…] and w [O,C,…kernel]. */
export function inputGradientByPatches(
  b: GraphBuilder,
  dY: Value,
  w: Value,
  inputDims: readonly number[],
  geo: ConvGeometry,
): Value {
  const [n, c, ...size] = inputDims as [number, number, ...number[]];
  const out = dimsOf(dY).slice(2);
  const taps = sizeOf(geo.kernel);
  const { sources, most, gaps } = landings(n, size, out, geo);
  // A row of zeros after dY's gives T rows of zeros after the product's: what a pixel under fewer taps adds up
  const dRows = gaps ? withZeroRow(b, toRows(b, dY)) : toRows(b, dY);
  const dPatches = reshape(b, b.op('MatMul', [dRows, weightRows(b, w)]), [dimsOf(dRows)[0]! * taps, c]);
  const landed = b.op('Gather', [dPatches, b.constant(int64(sources, [n * sizeOf(size), most]))], { axis: 0 });
  const rows = most === 1 ? reshape(b, landed, [n * sizeOf(size), c]) : sum(b, landed, [1], false);
  return fromRows(b, rows, inputDims);
}

/** [N,C,…] → [N·P,C] */
function toRows(b: GraphBuilder, x: Value): Value {
  return once(b, `rows of ${x.name}`, () => {
    const [n, c, ...size] = dimsOf(x) as [number, number, ...number[]];
    return reshape(b, transpose(b, x, [0, ...size.map((_, i) => i + 2), 1]), [n * sizeOf(size), c]);
  });
}

/** [N·P,C] → [N,C,…] of `dims` */
function fromRows(b: GraphBuilder, rows: Value, dims: readonly number[]): Value {
  const [n, c, ...size] = dims as [number, number, ...number[]];
  return transpose(b, reshape(b, rows, [n, ...size, c]), [0, size.length + 1, ...size.map((_, i) => i + 1)]);
}

/** [O,C,…kernel] → [O,T·C] */
function weightRows(b: GraphBuilder, w: Value): Value {
  return once(b, `rows of weight ${w.name}`, () => {
    const [o, c, ...kernel] = dimsOf(w) as [number, number, ...number[]];
    return reshape(b, transpose(b, w, [0, ...kernel.map((_, i) => i + 2), 1]), [o, sizeOf(kernel) * c]);
  });
}

function withZeroRow(b: GraphBuilder, rows: Value): Value {
  const c = dimsOf(rows)[1]!;
  return once(b, `zero row after ${rows.name}`, () =>
    b.op('Concat', [rows, b.constant(float32([1, c], new Array<number>(c).fill(0)))], { axis: 0 }),
  );
}

/** x [N,C,…] → [N·P,T·C] */
function patches(b: GraphBuilder, x: Value, out: readonly number[], geo: ConvGeometry): Value {
  const [n, c, ...size] = dimsOf(x) as [number, number, ...number[]];
  const taps = sizeOf(geo.kernel);
  return once(b, `patches of ${x.name} for ${JSON.stringify([out, geo])}`, () => {
    const missing = n * sizeOf(size);
    const sources = Array.from({ length: n }, (_, image) =>
      positionsOf(out).flatMap((p) =>
        positionsOf(geo.kernel).map((t) => {
          const pixel = pixelUnder(p, t, geo);
          return inside(pixel, size) ? image * sizeOf(size) + flatIndex(pixel, size) : missing;
        }),
      ),
    ).flat();
    const rows = toRows(b, x);
    const source = sources.includes(missing) ? withZeroRow(b, rows) : rows;
    return reshape(b, b.op('Gather', [source, b.constant(int64(sources, [n * sizeOf(out), taps]))], { axis: 0 }), [
      n * sizeOf(out),
      taps * c,
    ]);
  });
}

/**
 * Which rows of dY·W̃, numbered [n, position, tap], fell on each pixel [n, pixel]: `most` for each, missing ones as the
 * first row after them all.
 */
function landings(
  n: number,
  size: readonly number[],
  out: readonly number[],
  geo: ConvGeometry,
): { sources: number[]; most: number; gaps: boolean } {
  const taps = positionsOf(geo.kernel);
  const perPixel: number[][] = positionsOf(size).map(() => []);
  positionsOf(out).forEach((p, position) =>
    taps.forEach((t, tap) => {
      const pixel = pixelUnder(p, t, geo);
      if (inside(pixel, size)) perPixel[flatIndex(pixel, size)]!.push(position * taps.length + tap);
    }),
  );
  const most = Math.max(1, ...perPixel.map((list) => list.length));
  const rowsPerImage = sizeOf(out) * taps.length;
  const sources = Array.from({ length: n }, (_, image) =>
    perPixel.flatMap((list) =>
      Array.from({ length: most }, (_, i) => (i < list.length ? image * rowsPerImage + list[i]! : n * rowsPerImage)),
    ),
  ).flat();
  return { sources, most, gaps: perPixel.some((list) => list.length < most) };
}

/** The pixel that the window at output position p reads by its tap t; outside the image in the padding. */
const pixelUnder = (p: readonly number[], t: readonly number[], { strides, dilations, pads }: ConvGeometry): number[] =>
  p.map((v, i) => v * strides[i]! + t[i]! * dilations[i]! - pads[i]!);
const inside = (pixel: readonly number[], size: readonly number[]): boolean =>
  pixel.every((v, i) => v >= 0 && v < size[i]!);
const flatIndex = (pixel: readonly number[], size: readonly number[]): number =>
  pixel.reduce((at, v, i) => at * size[i]! + v, 0);

const made = new WeakMap<GraphBuilder, Map<string, Value>>();

/** The same intermediate for everyone who asks: forward and weight gradient share their patches. */
function once(b: GraphBuilder, key: string, make: () => Value): Value {
  const values = made.get(b) ?? new Map<string, Value>();
  made.set(b, values);
  const value = values.get(key) ?? make();
  values.set(key, value);
  return value;
}

/**
 * Puts every Conv of the graph that suits into this form, the names of its outputs kept. For a finished training graph:
 * a model to be saved keeps its Conv nodes.
 */
export function lowerConvolutions(b: GraphBuilder): void {
  const { nodes } = b.graph;
  const conv = nodes.filter((node) => {
    const [x, w] = node.inputs;
    return (
      node.op === 'Conv' &&
      x &&
      w &&
      suitsPatches(dimsOf(x)[1]!, dimsOf(node.outputs[0]!), convGeometry(node, dimsOf(x), dimsOf(w)))
    );
  });
  if (conv.length === 0) return;
  nodes.splice(0, nodes.length, ...nodes.filter((node) => !conv.includes(node)));
  for (const node of conv) {
    const [x, w, bias] = node.inputs as [Value, Value, Value | null | undefined];
    const y = node.outputs[0]!;
    const lowered = convByPatches(b, x, w, bias ?? null, dimsOf(y), convGeometry(node, dimsOf(x), dimsOf(w)));
    nodes.push({ name: node.name, op: 'Identity', domain: '', inputs: [lowered], outputs: [y], attrs: {} });
  }
  sortNodes(b);
}

/** Puts the nodes back into topological order, otherwise as they stand. */
function sortNodes({ graph }: GraphBuilder): void {
  const maker = new Map(graph.nodes.flatMap((node) => node.outputs.map((v) => [v.name, node] as const)));
  const placed = new Set<object>();
  const sorted: typeof graph.nodes = [];
  const place = (root: (typeof graph.nodes)[number]): void => {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const waiting = node.inputs.flatMap((v) => (v && maker.get(v.name)) ?? []).filter((m) => !placed.has(m));
      if (waiting.length > 0) {
        stack.push(...waiting);
      } else {
        stack.pop();
        if (!placed.has(node)) sorted.push(node);
        placed.add(node);
      }
    }
  };
  graph.nodes.forEach(place);
  graph.nodes.splice(0, graph.nodes.length, ...sorted);
}
