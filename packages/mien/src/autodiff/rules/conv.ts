/**
 * Gradient rules of convolution and transposed convolution, for any number of spatial axes.
 *
 *   Y[n,o,p] = Σ_{c,t} X̂[n,c, p·stride + t·dilation] · W[o,c,t]          X̂: X padded, t: kernel tap
 *   ∂L/∂X̂[n,c,q] = Σ_{o,t: q = p·s + t·d} dY[n,o,p] · W[o,c,t]            a transposed convolution of dY
 *   ∂L/∂W[o,c,t]  = Σ_{n,p} dY[n,o,p] · X̂[n,c, p·s + t·d]                 a product over all positions p
 *
 * At stride 1 the first is a convolution of dY with the flipped weights, which ONNX Runtime computes faster
 * than ConvTranspose. The second unfolds X̂ by taps, or by rows only (see weightGradientByRows). Where images are small
 * and channels many, both are one matrix product over the whole batch instead (lowering/conv-patches.ts).
 */
import { attrNumbers, attrString, extent, type GraphBuilder, type GraphNode, type Value } from '../../onnx/index.ts';
import { int64, sizeOf } from '../../tensor/index.ts';
import { convGeometry, positionsOf, type ConvGeometry } from '../conv-geometry.ts';
import {
  convByPatches,
  inputGradientByPatches,
  suitsPatches,
  weightGradientByPatches,
} from '../lowering/conv-patches.ts';
import { dimsOf, padSpatial, reshape, slice, sum, transpose, type GradientEntry } from '../rule.ts';

/** ∂L/∂X of a convolution: dY [N,O,…], W [O,C/g,…kernel] → [N,C,…] of `inputDims`. */
function inputGradient(b: GraphBuilder, dY: Value, w: Value, inputDims: readonly number[], geo: ConvGeometry): Value {
  const form = suitsPatches(inputDims[1]!, dimsOf(dY), geo) ? inputGradientByPatches : inputGradientByConvolution;
  return form(b, dY, w, inputDims, geo);
}

function inputGradientByConvolution(
  b: GraphBuilder,
  dY: Value,
  w: Value,
  inputDims: readonly number[],
  geo: ConvGeometry,
): Value {
  const { kernel, strides, dilations, pads, group } = geo;
  const rank = kernel.length;
  const ext = kernel.map((_, i) => extent({ kernel, dilations }, i));
  const flippedPads = [...pads].map((p, i) => ext[i % rank]! - 1 - p);
  if (strides.every((s) => s === 1) && flippedPads.every((p) => p >= 0)) {
    return b.op('Conv', [dY, flipWeights(b, w, group), null], { pads: flippedPads, dilations, group });
  }
  const out = dimsOf(dY).slice(2);
  const outputPadding = kernel.map(
    (_, i) => inputDims[i + 2]! - ((out[i]! - 1) * strides[i]! + ext[i]! - pads[i]! - pads[i + rank]!),
  );
  return b.op('ConvTranspose', [dY, w, null], { strides, pads, dilations, group, output_padding: outputPadding });
}

/** [O,C/g,…k] → [C,O/g,…k] with the taps reversed. */
function flipWeights(b: GraphBuilder, w: Value, group: number): Value {
  const [o, c, ...kernel] = dimsOf(w) as [number, number, ...number[]];
  const spatial = kernel.map((_, i) => i);
  let v = w;
  const flipped = spatial.filter((i) => kernel[i]! > 1);
  if (flipped.length)
    v = slice(
      b,
      v,
      flipped.map(() => -1),
      flipped.map((i) => -(kernel[i]! + 1)),
      flipped.map((i) => i + 2),
      flipped.map(() => -1),
    );
  if (group === 1) return transpose(b, v, [1, 0, ...spatial.map((i) => i + 2)]);
  v = transpose(b, reshape(b, v, [group, o / group, c, ...kernel]), [0, 2, 1, ...spatial.map((i) => i + 3)]);
  return reshape(b, v, [group * c, o / group, ...kernel]);
}

/**
 * ∂L/∂W of a convolution: X [N,C,…], dY [N,O,…] → [O,C/g,…kernel]. By rows where that copies less:
 * kh·C + kw·O channels instead of kh·kw·C.
 */
function weightGradient(b: GraphBuilder, x: Value, dY: Value, geo: ConvGeometry): Value {
  const [kh, kw] = geo.kernel as [number, number];
  const [c, o] = [dimsOf(x)[1]!, dimsOf(dY)[1]!];
  if (suitsPatches(c, dimsOf(dY), geo)) return weightGradientByPatches(b, x, dY, geo);
  const plain = geo.group === 1 && geo.kernel.length === 2 && [...geo.strides, ...geo.dilations].every((v) => v === 1);
  return plain && kh * kw * c > kh * c + kw * o
    ? weightGradientByRows(b, x, dY, geo)
    : weightGradientByTaps(b, x, dY, geo);
}

/**
 * Unfolds every kernel tap: X̂ shifted by t, for each of the T taps, stacked to [N,g,T·C/g,P]; one batched product
 * with dY [N,g,O/g,P] gives [N,g,O/g,T·C/g], summed over N.
 */
function weightGradientByTaps(
  b: GraphBuilder,
  x: Value,
  dY: Value,
  { kernel, strides, dilations, pads, group }: ConvGeometry,
): Value {
  const [n, c] = dimsOf(x) as [number, number];
  const [, o, ...out] = dimsOf(dY) as [number, number, ...number[]];
  const positions = sizeOf(out);
  const padded = padSpatial(b, x, pads);
  const axes = kernel.map((_, i) => i + 2);
  const unit = strides.every((s) => s === 1);
  const taps = positionsOf(kernel).map((tap) => {
    const start = tap.map((t, i) => t * dilations[i]!);
    const end = start.map((s, i) => s + (out[i]! - 1) * strides[i]! + 1);
    const whole =
      unit &&
      dimsOf(padded)
        .slice(2)
        .every((d, i) => start[i] === 0 && end[i] === d);
    const shifted = whole ? padded : slice(b, padded, start, end, axes, unit ? undefined : strides);
    return reshape(b, shifted, group === 1 ? [n, c, positions] : [n, group, c / group, positions]);
  });
  const axis = group === 1 ? 1 : 2;
  const columns = taps.length === 1 ? taps[0]! : b.op('Concat', taps, { axis });
  const rows = reshape(b, dY, group === 1 ? [n, o, positions] : [n, group, o / group, positions]);
  const last = group === 1 ? [0, 2, 1] : [0, 1, 3, 2];
  const perSample = b.op('MatMul', [rows, transpose(b, columns, last)]);
  // [N,g,O/g,T·C/g] → [O,T,C/g] → [O,C/g,T] → [O,C/g,…k]
  const total = reshape(b, sum(b, perSample, [0], false), [o, taps.length, c / group]);
  return reshape(b, transpose(b, total, [0, 2, 1]), [o, c / group, ...kernel]);
}

/**
 * Unfolds the kernel's rows only (2-D, stride 1). With X̂'s rows of width Ŵ = W + pads, the tap (i, j) of the window at
 * (h, w) lies at (h + i)·Ŵ + w + j. So the kh row shifts of X̂, P = Ho·Ŵ positions each, are whole rows, gathered in
 * one op (Gather uses all threads, Slice and Concat one); the kw column shifts are made on dY instead: with rows padded
 * to Ŵ by kw−1 zeros a shift is a displacement of the whole. One batched product [N,O·kw,P]·[N,C·kh,P]ᵀ gives every
 * tap: kh + kw copies instead of kh·kw.
 */
function weightGradientByRows(b: GraphBuilder, x: Value, dY: Value, { kernel, pads }: ConvGeometry): Value {
  const [kh, kw] = kernel as [number, number];
  const padded = padSpatial(b, x, pads);
  const [n, c, , wp] = dimsOf(padded) as [number, number, number, number];
  const [, o, ho] = dimsOf(dY) as [number, number, number];
  const positions = ho * wp;
  const rowIndices = Array.from({ length: kh }, (_, i) => Array.from({ length: ho }, (_, h) => h + i)).flat();
  // [N,C,Hp,Wp] → [N,C,kh,Ho,Wp] → [N,C·kh,P]
  const rows = reshape(b, b.op('Gather', [padded, b.constant(int64(rowIndices, [kh, ho]))], { axis: 2 }), [
    n,
    c * kh,
    positions,
  ]);
  const columns = reshape(b, columnShifts(b, dY, kw, wp), [n, o * kw, positions]);
  const perSample = b.op('MatMul', [columns, transpose(b, rows, [0, 2, 1])]);
  // [N,O·kw,C·kh] → [O,kw,C,kh] → [O,C,kh,kw]
  return transpose(b, reshape(b, sum(b, perSample, [0], false), [o, kw, c, kh]), [0, 2, 3, 1]);
}

/**
 * dY [N,O,Ho,Wo] with rows padded to Ŵ, shifted right by 0 … kw−1: [N,O,kw·Ho·Ŵ]. A shift's zeros at the end and the
 * next one's at the start are kw together, so the whole is one Concat of dY's positions and runs of kw zeros.
 */
function columnShifts(b: GraphBuilder, dY: Value, kw: number, wp: number): Value {
  const [n, o, ho, wo] = dimsOf(dY) as [number, number, number, number];
  const flat = reshape(b, padSpatial(b, dY, [0, 0, 0, wp - wo]), [n, o, ho * wp]);
  if (kw === 1) return flat;
  const content = slice(b, flat, [0], [ho * wp - (kw - 1)], [2]);
  const gap = b.op('ConstantOfShape', [b.ints([n, o, kw])], {
    value: { dtype: 'float32', dims: [1], data: Float32Array.of(0) },
  });
  const last = Array.from({ length: kw - 1 }, () => [gap, content]).flat();
  return b.op('Concat', [content, ...last], { axis: 2 });
}

/**
 * Every form that a convolution's passes can take; the rules choose among them by shape. For measuring them side by
 * side.
 */
export const CONVOLUTION_FORMS = {
  forward: { patches: convByPatches },
  weight: { taps: weightGradientByTaps, rows: weightGradientByRows, patches: weightGradientByPatches },
  input: { convolution: inputGradientByConvolution, patches: inputGradientByPatches },
} as const;

const biasGradient = (b: GraphBuilder, dY: Value): Value =>
  sum(
    b,
    dY,
    dimsOf(dY).flatMap((_, i) => (i === 1 ? [] : [i])),
    false,
  );

export const conv = {
  Conv: (g) => {
    const { b } = g;
    const xDims = dimsOf(g.x(0));
    const geo = convGeometry(g.node, xDims, dimsOf(g.x(1)));
    return [
      g.needs(0) ? inputGradient(b, g.dy, g.x(1), xDims, geo) : null,
      g.needs(1) ? weightGradient(b, g.x(0), g.dy, geo) : null,
      g.needs(2) ? biasGradient(b, g.dy) : null,
    ];
  },
  // A transposed convolution is the input gradient of a convolution with the same weights [C,O/g,…k], so its own
  // gradients are that convolution of dY, and its weight gradient with the roles of input and output exchanged.
  ConvTranspose: (g) => {
    const { b, node } = g;
    const yDims = dimsOf(g.y());
    const geo = transposedGeometry(node, dimsOf(g.x(0)), dimsOf(g.x(1)), yDims);
    const { strides, dilations, group } = geo;
    const extra = yDims.slice(2).map((d, i) => {
      const used = (dimsOf(g.x(0))[i + 2]! - 1) * strides[i]! + extent({ kernel: geo.kernel, dilations }, i);
      return d + geo.pads[i]! + geo.pads[i + geo.kernel.length]! - used;
    });
    // Output padding adds positions past the last window: they take no part in the convolution
    const pads = geo.pads.map((p, i) => (i < extra.length ? p : p - extra[i - extra.length]!));
    let dY = g.dy;
    if (pads.some((p) => p < 0)) {
      const rank = extra.length;
      dY = slice(
        b,
        dY,
        extra.map(() => 0),
        yDims.slice(2).map((d, i) => d + Math.min(0, pads[i + rank]!)),
        extra.map((_, i) => i + 2),
      );
    }
    const exact = { ...geo, pads: pads.map((p) => Math.max(0, p)) };
    return [
      g.needs(0) ? b.op('Conv', [dY, g.x(1), null], { strides, pads: exact.pads, dilations, group }) : null,
      g.needs(1) ? weightGradient(b, dY, g.x(0), exact) : null,
      g.needs(2) ? biasGradient(b, g.dy) : null,
    ];
  },
} satisfies Record<string, GradientEntry>;

/** The geometry of a transposed convolution, with pads from auto_pad or output_shape resolved. */
function transposedGeometry(
  node: GraphNode,
  xDims: readonly number[],
  weightDims: readonly number[],
  yDims: readonly number[],
): ConvGeometry {
  const geo = convGeometry(node, yDims, weightDims);
  const autoPad = attrString(node, 'auto_pad', 'NOTSET');
  if (autoPad === 'NOTSET' && !node.attrs['output_shape']) return geo;
  const outputPadding = attrNumbers(
    node,
    'output_padding',
    geo.kernel.map(() => 0),
  );
  const halves = geo.kernel.map((_, i) => {
    const total = Math.max(
      0,
      (xDims[i + 2]! - 1) * geo.strides[i]! + outputPadding[i]! + extent(geo, i) - yDims[i + 2]!,
    );
    const small = Math.floor(total / 2);
    return autoPad === 'SAME_UPPER' ? [small, total - small] : [total - small, small];
  });
  return { ...geo, pads: [...halves.map((h) => h[0]!), ...halves.map((h) => h[1]!)] };
}
