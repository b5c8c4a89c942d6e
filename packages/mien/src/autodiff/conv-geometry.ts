/** The window of a convolution: kernel, strides, dilations and padding of each spatial axis, and its groups. */
import { attrNumber, attrNumbers, attrString, resolvePads, type GraphNode, type WindowAttrs } from '../onnx/index.ts';

export interface ConvGeometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Resolved: begin of each axis, then end of each axis. */
  readonly pads: readonly number[];
  readonly group: number;
}

/** @param inputDims [N,C,…] of the convolved tensor   @param weightDims [O,C/g,…kernel] */
export function convGeometry(
  node: GraphNode,
  inputDims: readonly number[],
  weightDims: readonly number[],
): ConvGeometry {
  const kernel = weightDims.slice(2);
  const ones = kernel.map(() => 1);
  const window: WindowAttrs = {
    kernel,
    strides: attrNumbers(node, 'strides', ones),
    dilations: attrNumbers(node, 'dilations', ones),
    pads: attrNumbers(
      node,
      'pads',
      [...kernel, ...kernel].map(() => 0),
    ),
    autoPad: attrString(node, 'auto_pad', 'NOTSET'),
  };
  const resolved = kernel.map((_, i) => resolvePads(inputDims[i + 2]!, i, window));
  return {
    kernel,
    strides: window.strides!,
    dilations: window.dilations!,
    pads: [...resolved.map((p) => p[0]), ...resolved.map((p) => p[1])],
    group: attrNumber(node, 'group', 1),
  };
}

/** Every position of a grid, row-major: the taps of a kernel, the pixels of an image. */
export function positionsOf(size: readonly number[]): number[][] {
  return size.reduce<number[][]>((all, d) => all.flatMap((p) => Array.from({ length: d }, (_, i) => [...p, i])), [[]]);
}
