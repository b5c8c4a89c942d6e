/**
 * Gradient rule of Resize. Each axis is a linear map of its own, Y = M·X with two entries a row of M, so that
 * dX = Mᵀ·dY, one product for each axis that changes.
 */
import {
  attrNumbers,
  attrString,
  normalizeAxis,
  RESIZE_COORDINATES,
  RESIZE_ROUNDINGS,
  resizeTaps,
  type ResizeTap,
} from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32, sizeOf } from '../../tensor/index.ts';
import { dimsOf, reshape, type GradientEntry } from '../rule.ts';

export const resize = {
  Resize: (g) => {
    const { b, node } = g;
    const full = dimsOf(g.x(0));
    const result = dimsOf(g.y());
    const mode = attrString(node, 'mode', 'nearest');
    const coordinate = attrString(node, 'coordinate_transformation_mode', 'half_pixel');
    const rounding = attrString(node, 'nearest_mode', 'round_prefer_floor');
    const plain =
      ['antialias', 'exclude_outside'].every((name) => !node.attrs[name]?.value) &&
      attrString(node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch';
    if (
      !plain ||
      !['nearest', 'linear'].includes(mode) ||
      !RESIZE_COORDINATES.includes(coordinate) ||
      !RESIZE_ROUNDINGS.includes(rounding)
    ) {
      throw new ShapeError(
        'Resize',
        `mode "${mode}" with "${coordinate}" and "${rounding}" cannot be differentiated as this node has it`,
      );
    }
    const scales = node.inputs[3] ? undefined : g.numbers(2)!;
    let dX = g.dy;
    attrNumbers(node, 'axes', [...full.keys()]).forEach((given, i) => {
      const axis = normalizeAxis(given, full.length, 'Resize');
      const [from, to] = [full[axis]!, result[axis]!];
      const scale = scales?.[i] ?? to / from;
      if (scale === 1) return;
      const matrix = b.constant(
        float32([from, to], transposedMatrix(from, resizeTaps({ from, to, scale, mode, coordinate, rounding }))),
      );
      const dims = dimsOf(dX);
      // [outer,to,inner] → [outer,from,inner]; on the last axis the product stands on the right
      const last = axis === dims.length - 1;
      const columns = reshape(b, dX, [
        sizeOf(dims.slice(0, axis)),
        to,
        ...(last ? [] : [sizeOf(dims.slice(axis + 1))]),
      ]);
      const product = last
        ? b.op('MatMul', [columns, b.op('Transpose', [matrix], { perm: [1, 0] })])
        : b.op('MatMul', [matrix, columns]);
      dX = reshape(
        b,
        product,
        dims.map((d, k) => (k === axis ? from : d)),
      );
    });
    return [dX];
  },
} satisfies Record<string, GradientEntry>;

/** Mᵀ [from,to], row-major. */
function transposedMatrix(from: number, taps: readonly ResizeTap[]): number[] {
  const m = new Array<number>(from * taps.length).fill(0);
  taps.forEach(({ low, high, t }, j) => {
    m[low * taps.length + j]! += 1 - t;
    m[high * taps.length + j]! += t;
  });
  return m;
}
