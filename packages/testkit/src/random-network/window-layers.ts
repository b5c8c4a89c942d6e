/** Random layers over [N,C,…spatial]. */
import type { Value } from 'mienjs/onnx';
import { dimsOf, type Draft, type Layer } from './draft.ts';

interface Window {
  readonly kernel: number[];
  readonly strides: number[];
  readonly pads: number[];
  readonly dilations: number[];
}

/** A window that fits into the spatial axes, with less padding than kernel. */
function drawWindow(d: Draft, spatial: readonly number[], dilated: boolean): Window {
  const kernel = spatial.map((size) => d.pick(1, Math.min(3, size)));
  const dilations = kernel.map((k, i) => (dilated && k > 1 && (k - 1) * 2 < spatial[i]! ? d.pick(1, 2) : 1));
  return {
    kernel,
    dilations,
    strides: kernel.map(() => d.pick(1, 2)),
    pads: [...kernel, ...kernel].map((k) => d.pick(0, Math.min(1, k - 1))),
  };
}

const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((k) => n % k === 0);

const conv: Layer = (d, v) => {
  const [, c, ...spatial] = dimsOf(v) as [number, number, ...number[]];
  const { kernel, ...window } = drawWindow(d, spatial, true);
  const group = d.choose(divisors(c));
  const out = group * d.pick(1, 2);
  const w = d.variable([out, c / group, ...kernel]);
  return d.b.op('Conv', [v, w, d.chance() ? d.variable([out]) : null], { ...window, group });
};

const convTranspose: Layer = (d, v) => {
  const [, c, ...spatial] = dimsOf(v) as [number, number, ...number[]];
  const { kernel, strides, pads } = drawWindow(d, spatial, false);
  const group = d.choose(divisors(c));
  const w = d.variable([c, d.pick(1, 2), ...kernel]);
  const output_padding = strides.map((s) => d.pick(0, s - 1));
  return d.b.op('ConvTranspose', [v, w, null], { strides, pads, group, output_padding });
};

/**
 * ceil_mode, where the last window starts inside the input: ONNX Runtime 1.30 drops one that does not when it computes,
 * as the standard says, but not when it infers shapes, and then refuses the nodes that follow.
 */
function drawCeil(d: Draft, spatial: readonly number[], { kernel, strides, pads, dilations }: Window): number {
  const inside = spatial.every((size, i) => {
    const [begin, end] = [pads[i]!, pads[i + kernel.length]!];
    const last = Math.ceil((size + begin + end - (kernel[i]! - 1) * dilations[i]! - 1) / strides[i]!);
    return last * strides[i]! < size + begin;
  });
  return inside ? d.pick(0, 1) : 0;
}

const maxPool: Layer = (d, v) => {
  const window = drawWindow(d, dimsOf(v).slice(2), true);
  const { kernel, ...rest } = window;
  return d.b.op('MaxPool', [v], { ...rest, kernel_shape: kernel, ceil_mode: drawCeil(d, dimsOf(v).slice(2), window) });
};

const averagePool: Layer = (d, v) => {
  const window = drawWindow(d, dimsOf(v).slice(2), false);
  const { kernel, ...rest } = window;
  return d.b.op('AveragePool', [v], {
    ...rest,
    kernel_shape: kernel,
    count_include_pad: d.pick(0, 1),
    ceil_mode: drawCeil(d, dimsOf(v).slice(2), window),
  });
};

const global: Layer = (d, v) => d.b.op(d.choose(['GlobalAveragePool', 'GlobalMaxPool'] as const), [v]);

// A larger epsilon than usual: two elements that happen to be close would magnify float32's rounding
const epsilon = 0.0625;

const batchNorm: Layer = (d, v) => {
  const c = dimsOf(v)[1]!;
  const [scale, bias, mean] = [1, 2, 3].map(() => d.variable([c])) as [Value, Value, Value];
  const variance = d.b.op('Exp', [d.variable([c])]);
  if (!d.chance()) return d.b.op('BatchNormalization', [v, scale, bias, mean, variance], { epsilon });
  return d.b.ops(
    'BatchNormalization',
    [v, scale, bias, mean, variance],
    { epsilon, training_mode: 1, momentum: d.choose([0, 0.5]) },
    3,
  )[0]!;
};

const groupNorm: Layer = (d, v) => {
  const c = dimsOf(v)[1]!;
  const groups = d.choose(divisors(c));
  const [scale, bias] = [d.variable([groups]), d.variable([groups])];
  return groups === c
    ? d.b.op('InstanceNormalization', [v, scale, bias], { epsilon })
    : d.b.op('GroupNormalization', [v, scale, bias], { epsilon, num_groups: groups });
};

// ONNX Runtime takes images only
const lrn: Layer = (d, v) =>
  dimsOf(v).length === 4
    ? d.b.op('LRN', [v], { size: d.choose([1, 3, 5]), alpha: 0.5, beta: d.choose([0.5, 0.75]), bias: 1 })
    : v;

const resize: Layer = (d, v) => {
  const dims = dimsOf(v);
  const sizes = dims.map((size, i) => (i < 2 ? size : d.pick(1, 6)));
  const mode = dims.length === 4 ? d.choose(['linear', 'nearest'] as const) : 'nearest';
  return d.b.op('Resize', [v, null, null, d.b.ints(sizes)], {
    mode,
    coordinate_transformation_mode: d.choose(['half_pixel', 'asymmetric', 'align_corners'] as const),
  });
};

const gridSample: Layer = (d, v) => {
  const dims = dimsOf(v);
  if (dims.length !== 4) return v;
  const grid = d.variable([dims[0]!, d.pick(1, 3), d.pick(1, 3), 2]);
  return d.b.op('GridSample', [v, grid], { align_corners: d.pick(0, 1), padding_mode: d.choose(['zeros', 'border']) });
};

const depthToSpace: Layer = (d, v) => {
  const dims = dimsOf(v);
  if (dims.length !== 4) return v;
  if (dims[1]! % 4 === 0) return d.b.op('DepthToSpace', [v], { blocksize: 2, mode: d.choose(['DCR', 'CRD']) });
  return dims[2]! % 2 === 0 && dims[3]! % 2 === 0 ? d.b.op('SpaceToDepth', [v], { blocksize: 2 }) : v;
};

export const WINDOW_LAYERS: readonly Layer[] = [
  conv,
  conv,
  convTranspose,
  maxPool,
  averagePool,
  batchNorm,
  groupNorm,
  lrn,
  resize,
  gridSample,
  depthToSpace,
  global,
];
