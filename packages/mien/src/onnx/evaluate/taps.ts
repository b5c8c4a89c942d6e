/** Where a sliding window touches its input: shared by convolution and pooling, for any number of spatial axes. */
import { sizeOf } from '../../tensor/index.ts';
import { resolvePads, type WindowAttrs } from '../window.ts';
import type { KernelCall } from './kernel.ts';
import { stridesOf } from './nd.ts';

/** Each list has one entry per spatial axis. */
export interface Sliding {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before the first element. */
  readonly begin: readonly number[];
}

/** Marks a tap that falls into the padding. */
export const OUTSIDE = -1;

/** The window attributes of a node, with ONNX's defaults. */
export function windowAttrs(c: KernelCall, kernel: readonly number[]): Required<Pick<WindowAttrs, 'kernel' | 'strides' | 'pads' | 'dilations' | 'autoPad' | 'ceil' | 'outputPadding'>> & {
  strides: readonly number[];
  dilations: readonly number[];
} {
  const each = (value: number): number[] => kernel.map(() => value);
  return {
    kernel,
    strides: c.list('strides', each(1)),
    dilations: c.list('dilations', each(1)),
    pads: c.list('pads', [...each(0), ...each(0)]),
    outputPadding: c.list('output_padding', each(0)),
    autoPad: c.supports('auto_pad', c.string('auto_pad', 'NOTSET'), ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']),
    ceil: c.flag('ceil_mode', false),
  };
}

/** The padding before each spatial axis of an input of shape `spatial`. */
export function beginPads(spatial: readonly number[], window: WindowAttrs): number[] {
  return spatial.map((size, i) => resolvePads(size, i, window)[0]);
}

/** The position along axis i that tap k of window o reads; it may lie outside the input. */
function position(s: Sliding, i: number, o: number, k: number): number {
  return o * s.strides[i]! - s.begin[i]! + k * s.dilations[i]!;
}

/**
 * For window o and tap k, both row-major over their axes, the flat spatial index that it reads, or OUTSIDE.
 * @returns [windows·taps], taps fastest
 */
export function tapTable(s: Sliding): Int32Array {
  const strides = stridesOf(s.input);
  return eachTap(s, (o, k) => {
    let at = 0;
    for (let i = 0; i < o.length; i++) {
      const p = position(s, i, o[i]!, k[i]!);
      if (p < 0 || p >= s.input[i]!) return OUTSIDE;
      at += p * strides[i]!;
    }
    return at;
  });
}

/** For each window, how many of its taps lie within the input and the padding that was asked for, before and after. */
export function paddedTapCounts(s: Sliding, end: readonly number[]): number[] {
  const taps = sizeOf(s.kernel);
  const inside = eachTap(s, (o, k) => (o.every((oi, i) => position(s, i, oi, k[i]!) < s.input[i]! + end[i]!) ? 1 : 0));
  return Array.from({ length: inside.length / taps }, (_, w) => inside.subarray(w * taps, (w + 1) * taps).reduce((a, b) => a + b, 0));
}

function eachTap(s: Sliding, value: (window: readonly number[], tap: readonly number[]) => number): Int32Array {
  const windows = indices(s.output);
  const taps = indices(s.kernel);
  const out = new Int32Array(windows.length * taps.length);
  windows.forEach((o, w) => taps.forEach((k, t) => (out[w * taps.length + t] = value(o, k))));
  return out;
}

/** Every index of a shape, row-major. */
function indices(dims: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const d of dims) all = all.flatMap((head) => Array.from({ length: d }, (_, i) => [...head, i]));
  return all;
}
