/** Where a sliding window touches its input: shared by convolution and pooling, for any number of spatial axes. */
import { resolvePads, type WindowAttrs } from '../shared/window.ts';
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
export function windowAttrs(
  c: KernelCall,
  kernel: readonly number[],
): Required<Pick<WindowAttrs, 'kernel' | 'strides' | 'pads' | 'dilations' | 'autoPad' | 'ceil' | 'outputPadding'>> & {
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
  let table = Int32Array.of(0);
  let [windows, taps] = [1, 1];
  // Axis by axis: [windows, taps] of the axes so far × [o, k] of the next → [windows·o, taps·k]
  s.input.forEach((size, i) => {
    const [outputs, kernel] = [s.output[i]!, s.kernel[i]!];
    const next = new Int32Array(table.length * outputs * kernel);
    for (let w = 0, at = 0; w < windows; w++) {
      for (let o = 0; o < outputs; o++) {
        for (let t = 0; t < taps; t++) {
          const before = table[w * taps + t]!;
          for (let k = 0; k < kernel; k++, at++) {
            const p = position(s, i, o, k);
            next[at] = before === OUTSIDE || p < 0 || p >= size ? OUTSIDE : before + p * strides[i]!;
          }
        }
      }
    }
    table = next;
    windows *= outputs;
    taps *= kernel;
  });
  return table;
}

/** For each window, how many of its taps lie within the input and the padding that was asked for, before and after. */
export function paddedTapCounts(s: Sliding, end: readonly number[]): number[] {
  let counts = [1];
  s.input.forEach((size, i) => {
    const along = Array.from({ length: s.output[i]! }, (_, o) => {
      let count = 0;
      for (let k = 0; k < s.kernel[i]!; k++) if (position(s, i, o, k) < size + end[i]!) count++;
      return count;
    });
    counts = counts.flatMap((c) => along.map((a) => c * a));
  });
  return counts;
}
