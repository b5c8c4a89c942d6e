/** Sampling between pixels. */
import { normalizeAxis } from '../infer.ts';
import type { OpName } from '../ops.ts';
import { RESIZE_COORDINATES, RESIZE_ROUNDINGS, resizeTaps, type ResizeTap } from '../shared/resize.ts';
import { roundHalfEven } from './activations.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { aroundAxis, nd, type Nd } from './nd.ts';

/**
 * y[n,c,i,j] = x[n,c] at the point grid[n,i,j] = (gx, gy), where −1 and 1 are the centres of the first and last
 * pixel (align_corners) or their outer edges. Linear weighs the four pixels around the point, nearest takes one.
 * Pixels outside the image are zero, or those of the border.
 */
function gridSample(c: KernelCall): Nd {
  const [x, grid] = [c.x(0), c.x(1)];
  if (x.dims.length !== 4) c.fail(`expects an input [N,C,H,W], got [${x.dims.join(',')}]`);
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const [, outHeight, outWidth] = grid.dims as [number, number, number, number];
  const linear = c.supports('mode', c.string('mode', 'linear'), ['linear', 'bilinear', 'nearest']) !== 'nearest';
  const border = c.supports('padding_mode', c.string('padding_mode', 'zeros'), ['zeros', 'border']) === 'border';
  const aligned = c.flag('align_corners', false);
  const toPixel = (g: number, size: number): number =>
    aligned ? ((g + 1) / 2) * (size - 1) : ((g + 1) * size - 1) / 2;
  const clamp = (v: number, size: number): number => Math.min(Math.max(v, 0), size - 1);
  const outSize = outHeight * outWidth;
  const y = nd(x.dtype, [batch, channels, outHeight, outWidth]);
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < outSize; p++) {
      const px = toPixel(grid.data[(n * outSize + p) * 2]!, width);
      const py = toPixel(grid.data[(n * outSize + p) * 2 + 1]!, height);
      const [left, top] = linear ? [Math.floor(px), Math.floor(py)] : [roundHalfEven(px), roundHalfEven(py)];
      const [fx, fy] = linear ? [px - left, py - top] : [0, 0];
      for (let ch = 0; ch < channels; ch++) {
        const plane = (n * channels + ch) * height * width;
        const pixel = (row: number, column: number): number => {
          if (border) return x.data[plane + clamp(row, height) * width + clamp(column, width)]!;
          return row < 0 || row >= height || column < 0 || column >= width ? 0 : x.data[plane + row * width + column]!;
        };
        const upper = (1 - fx) * pixel(top, left) + fx * pixel(top, left + 1);
        const lower = (1 - fx) * pixel(top + 1, left) + fx * pixel(top + 1, left + 1);
        y.data[(n * channels + ch) * outSize + p] = (1 - fy) * upper + fy * lower;
      }
    }
  }
  return y;
}

/** Resamples axis by axis; linear interpolation is separable, and nearest is a choice of index along each axis. */
function resize(c: KernelCall): Nd {
  let x = c.x(0);
  const sizes = c.optional(3);
  const given = sizes ?? c.optional(2) ?? c.fail('needs scales or sizes');
  const mode = c.supports('mode', c.string('mode', 'nearest'), ['nearest', 'linear']);
  const coordinate = c.supports(
    'coordinate_transformation_mode',
    c.string('coordinate_transformation_mode', 'half_pixel'),
    RESIZE_COORDINATES,
  );
  const rounding = c.supports('nearest_mode', c.string('nearest_mode', 'round_prefer_floor'), RESIZE_ROUNDINGS);
  c.supports('antialias', c.number('antialias', 0), [0]);
  c.supports('exclude_outside', c.number('exclude_outside', 0), [0]);
  c.supports('keep_aspect_ratio_policy', c.string('keep_aspect_ratio_policy', 'stretch'), ['stretch']);
  const axes = c.list('axes', [...x.dims.keys()]);
  axes.forEach((axisGiven, i) => {
    const axis = normalizeAxis(axisGiven, x.dims.length, c.op);
    const from = x.dims[axis]!;
    const to = sizes ? given.data[i]! : Math.floor(from * given.data[i]!);
    const scale = sizes ? to / from : given.data[i]!;
    if (scale !== 1) x = interpolate(x, axis, resizeTaps({ from, to, scale, mode, coordinate, rounding }));
  });
  return x;
}

/** Weighs two elements along one axis. */
function interpolate(x: Nd, axis: number, taps: readonly ResizeTap[]): Nd {
  const { outer, size, inner } = aroundAxis(x.dims, axis);
  const y = nd(
    x.dtype,
    x.dims.map((d, i) => (i === axis ? taps.length : d)),
  );
  taps.forEach(({ low, high, t }, j) => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const at = (k: number): number => x.data[(o * size + k) * inner + i]!;
        y.data[(o * taps.length + j) * inner + i] = (1 - t) * at(low) + t * at(high);
      }
    }
  });
  return y;
}

export const SAMPLE = { GridSample: gridSample, Resize: resize } as const satisfies Partial<Record<OpName, Kernel>>;
