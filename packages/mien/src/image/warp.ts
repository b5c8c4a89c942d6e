/**
 * Affine resampling. An output pixel (x, y) has its centre at p = (x + ½, y + ½); `outputToInput` maps p to the input,
 * whose pixel (i, j) has its centre at (i + ½, j + ½); the four nearest pixels are interpolated bilinearly.
 * Where the input runs out, `zero` mixes in black and `replicate` the nearest edge pixel.
 *
 * Antialiasing: where one step in the output spans more than one input pixel, a single bilinear sample would skip
 * pixels (a 2,000-px face warped to 48 px would use 1 pixel in 400). The output pixel is then the mean of nx×ny samples
 * spread evenly over it, nx = ⌈length of an output x-step in input pixels⌉, ny likewise, so that every input pixel
 * counts. With steps of at most one input pixel, nx = ny = 1: plain bilinear sampling.
 */
import { ShapeError } from '../errors.ts';
import type { Affine2 } from './affine.ts';
import { type HeightWidth, rawImage, type RawImage } from './raw-image.ts';

export interface WarpOptions {
  /** Beyond the input's edge: black (default), or the nearest edge pixel. */
  readonly border?: 'zero' | 'replicate';
  /** Default true. False takes one bilinear sample a pixel at any scale, as OpenCV's warpAffine does. */
  readonly antialias?: boolean;
}

export interface WarpToFloatOptions extends WarpOptions {
  /** Subtracted from values in [0, 1]; one number, or one a channel. */
  readonly mean: number | readonly number[];
  /** Divides after the mean is subtracted; one number, or one a channel. */
  readonly std: number | readonly number[];
  /** Grey is BT.601 (see colour.ts), from interpolated values that are not rounded. */
  readonly channels: 'rgb' | 'grey';
  readonly layout: 'nchw' | 'nhwc';
}

/**
 * From this many samples across an output pixel on, each takes its nearest input pixel: the box mean hides the rest.
 */
const NEAREST_FROM = 4;
/** Keeps rotations of scale 1 (whose length may round to 1 + 2⁻⁵²) at one sample. */
const SCALE_TOLERANCE = 1e-6;

/**
 * @param outputToInput maps output coordinates to input coordinates, in pixels
 * @returns an image of the given size and the input's channels, each value rounded to nearest
 * @throws {ShapeError} when the size is not positive integers or the map is not finite
 */
export function warpAffine(
  image: RawImage,
  outputToInput: Affine2,
  size: HeightWidth,
  options: WarpOptions = {},
): RawImage {
  const samples = warpSamples(image, outputToInput, size, sampleGrid('warpAffine', outputToInput, size, options));
  const data = new Uint8Array(samples.length);
  for (let i = 0; i < data.length; i++) data[i] = samples[i]! + 0.5;
  return rawImage(size.width, size.height, image.channels, data);
}

/**
 * Warps straight into a tensor: out = (v/255 − mean) / std, with v the interpolated value in [0, 255], not rounded.
 * @param out written at [offset, offset + channels·height·width), in [C,H,W] (`nchw`) or [H,W,C] (`nhwc`) order
 * @throws {ShapeError} when the result does not fit, the size is not positive integers, or mean or std have the wrong
 *   length
 */
export function warpToFloat32(
  image: RawImage,
  outputToInput: Affine2,
  size: HeightWidth,
  out: Float32Array,
  offset: number,
  options: WarpToFloatOptions,
): void {
  const channels = options.channels === 'rgb' ? 3 : 1;
  const pixels = size.width * size.height;
  if (offset < 0 || offset + pixels * channels > out.length) {
    throw new ShapeError(
      'warpToFloat32',
      `out: expected room for ${pixels * channels} values from ${offset}, got length ${out.length}`,
    );
  }
  const mean = perChannel('mean', options.mean, channels);
  const std = perChannel('std', options.std, channels);
  const factors = std.map((d) => 1 / (255 * d));
  const shifts = std.map((d, c) => mean[c]! / d);
  const [pixelStep, channelStep] = options.layout === 'nchw' ? [1, pixels] : [channels, 1];
  const grid = sampleGrid('warpToFloat32', outputToInput, size, options);
  if (grid.countX === 1 && grid.countY === 1 && channels === 3) {
    sampleOnce(image, outputToInput, size, grid.replicate, out, { offset, pixelStep, channelStep, factors, shifts });
    return;
  }
  const samples = warpSamples(image, outputToInput, size, grid);
  const planes = image.channels === 1 ? undefined : samples;
  for (let c = 0; c < channels; c++) {
    const [factor, shift] = [factors[c]!, shifts[c]!];
    let at = offset + c * channelStep;
    for (let i = 0; i < pixels; i++, at += pixelStep) {
      const value =
        planes === undefined
          ? samples[i]!
          : channels === 3
            ? planes[i * 3 + c]!
            : 0.299 * planes[i * 3]! + 0.587 * planes[i * 3 + 1]! + 0.114 * planes[i * 3 + 2]!;
      out[at] = value * factor - shift;
    }
  }
}

function perChannel(name: string, value: number | readonly number[], channels: number): readonly number[] {
  if (typeof value === 'number') return new Array<number>(channels).fill(value);
  if (value.length !== channels)
    throw new ShapeError('warpToFloat32', `${name}: expected ${channels} values, got ${value.length}`);
  return value;
}

/** @throws {ShapeError} as the two warps do */
function sampleGrid(
  operation: string,
  outputToInput: Affine2,
  { width, height }: HeightWidth,
  options: WarpOptions,
): SampleGrid {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ShapeError(operation, `size: expected positive integers, got ${width}×${height}`);
  }
  if (!outputToInput.every(Number.isFinite)) {
    throw new ShapeError(operation, `outputToInput: expected 6 finite numbers, got [${outputToInput.join(', ')}]`);
  }
  const antialias = options.antialias ?? true;
  const [a, b, , c, d] = outputToInput;
  return {
    countX: antialias ? samplesAcross(Math.hypot(a, c)) : 1,
    countY: antialias ? samplesAcross(Math.hypot(b, d)) : 1,
    replicate: options.border === 'replicate',
  };
}

/** @returns float32 [H,W,C] in [0, 255], C the image's channels */
function warpSamples(image: RawImage, outputToInput: Affine2, size: HeightWidth, grid: SampleGrid): Float32Array {
  const out = new Float32Array(size.width * size.height * image.channels);
  const sample = Math.max(grid.countX, grid.countY) < NEAREST_FROM ? sampleBilinear : sampleNearest;
  sample(image, outputToInput, size, grid, out);
  return out;
}

/** How many samples make an output pixel, and what lies beyond the input's edge. */
interface SampleGrid {
  readonly countX: number;
  readonly countY: number;
  readonly replicate: boolean;
}

function samplesAcross(step: number): number {
  return Math.max(1, Math.ceil(step - SCALE_TOLERANCE));
}

// The three samplers below are the library's hottest image loops: sums are local variables, and grey images read their
// one channel thrice, because either a call or a channel loop per sample costs more.

/** Where three channels go, and how [0, 255] is normalised: out = v·factor − shift. */
interface FloatLayout {
  readonly offset: number;
  readonly pixelStep: number;
  readonly channelStep: number;
  readonly factors: readonly number[];
  readonly shifts: readonly number[];
}

/** One bilinear sample a pixel, straight into a tensor: what networks are fed with. */
function sampleOnce(
  image: RawImage,
  map: Affine2,
  size: HeightWidth,
  replicate: boolean,
  out: Float32Array,
  { offset, pixelStep, channelStep, factors, shifts }: FloatLayout,
): void {
  const { data, width, height, channels } = image;
  const [a, b, tx, c, d, ty] = map;
  const [k1, k2] = channels === 3 ? [1, 2] : [0, 0];
  const [f0, f1, f2] = factors as [number, number, number];
  const [t0, t1, t2] = shifts as [number, number, number];
  const [lastX, lastY] = [width - 1, height - 1];
  const row = width * channels;
  for (let y = 0, at = offset; y < size.height; y++) {
    const py = y + 0.5;
    for (let x = 0; x < size.width; x++, at += pixelStep) {
      const u = a * (x + 0.5) + b * py + tx - 0.5;
      const v = c * (x + 0.5) + d * py + ty - 0.5;
      let p00: number, p01: number, p10: number, p11: number;
      let leftWeight: number, rightWeight: number, topWeight: number, bottomWeight: number;
      if (u >= 0 && v >= 0 && u < lastX && v < lastY) {
        const left = u | 0;
        const top = v | 0;
        rightWeight = u - left;
        bottomWeight = v - top;
        leftWeight = 1 - rightWeight;
        topWeight = 1 - bottomWeight;
        p00 = top * row + left * channels;
        p01 = p00 + channels;
        p10 = p00 + row;
        p11 = p10 + channels;
      } else {
        const left = Math.floor(u);
        const top = Math.floor(v);
        rightWeight = u - left;
        bottomWeight = v - top;
        leftWeight = 1 - rightWeight;
        topWeight = 1 - bottomWeight;
        if (!replicate) {
          if (left < 0 || left > lastX) leftWeight = 0;
          if (left < -1 || left >= lastX) rightWeight = 0;
          if (top < 0 || top > lastY) topWeight = 0;
          if (top < -1 || top >= lastY) bottomWeight = 0;
        }
        const fromLeft = Math.min(Math.max(left, 0), lastX) * channels;
        const fromRight = Math.min(Math.max(left + 1, 0), lastX) * channels;
        const fromTop = Math.min(Math.max(top, 0), lastY) * row;
        const fromBottom = Math.min(Math.max(top + 1, 0), lastY) * row;
        p00 = fromTop + fromLeft;
        p01 = fromTop + fromRight;
        p10 = fromBottom + fromLeft;
        p11 = fromBottom + fromRight;
      }
      out[at] =
        (topWeight * (leftWeight * data[p00]! + rightWeight * data[p01]!) +
          bottomWeight * (leftWeight * data[p10]! + rightWeight * data[p11]!)) *
          f0 -
        t0;
      out[at + channelStep] =
        (topWeight * (leftWeight * data[p00 + k1]! + rightWeight * data[p01 + k1]!) +
          bottomWeight * (leftWeight * data[p10 + k1]! + rightWeight * data[p11 + k1]!)) *
          f1 -
        t1;
      out[at + 2 * channelStep] =
        (topWeight * (leftWeight * data[p00 + k2]! + rightWeight * data[p01 + k2]!) +
          bottomWeight * (leftWeight * data[p10 + k2]! + rightWeight * data[p11 + k2]!)) *
          f2 -
        t2;
    }
  }
}

/** out [H,W,C] = mean over the grid of the bilinear interpolation at each sample */
function sampleBilinear(
  image: RawImage,
  map: Affine2,
  size: HeightWidth,
  { countX, countY, replicate }: SampleGrid,
  out: Float32Array,
): void {
  const { data, width, height, channels } = image;
  const [a, b, tx, c, d, ty] = map;
  const [k1, k2] = channels === 3 ? [1, 2] : [0, 0];
  const weight = 1 / (countX * countY);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at += channels) {
      let [s0, s1, s2] = [0, 0, 0];
      for (let j = 0; j < countY; j++) {
        const py = y + (j + 0.5) / countY;
        for (let i = 0; i < countX; i++) {
          const px = x + (i + 0.5) / countX;
          const u = a * px + b * py + tx - 0.5;
          const v = c * px + d * py + ty - 0.5;
          let left = Math.floor(u);
          let top = Math.floor(v);
          let right = left + 1;
          let bottom = top + 1;
          let rightWeight = u - left;
          let bottomWeight = v - top;
          let leftWeight = 1 - rightWeight;
          let topWeight = 1 - bottomWeight;
          if (left < 0 || right >= width) {
            if (!replicate) {
              if (left < 0 || left >= width) leftWeight = 0;
              if (right < 0 || right >= width) rightWeight = 0;
            }
            left = Math.min(Math.max(left, 0), width - 1);
            right = Math.min(Math.max(right, 0), width - 1);
          }
          if (top < 0 || bottom >= height) {
            if (!replicate) {
              if (top < 0 || top >= height) topWeight = 0;
              if (bottom < 0 || bottom >= height) bottomWeight = 0;
            }
            top = Math.min(Math.max(top, 0), height - 1);
            bottom = Math.min(Math.max(bottom, 0), height - 1);
          }
          const p00 = (top * width + left) * channels;
          const p01 = (top * width + right) * channels;
          const p10 = (bottom * width + left) * channels;
          const p11 = (bottom * width + right) * channels;
          s0 +=
            topWeight * (leftWeight * data[p00]! + rightWeight * data[p01]!) +
            bottomWeight * (leftWeight * data[p10]! + rightWeight * data[p11]!);
          s1 +=
            topWeight * (leftWeight * data[p00 + k1]! + rightWeight * data[p01 + k1]!) +
            bottomWeight * (leftWeight * data[p10 + k1]! + rightWeight * data[p11 + k1]!);
          s2 +=
            topWeight * (leftWeight * data[p00 + k2]! + rightWeight * data[p01 + k2]!) +
            bottomWeight * (leftWeight * data[p10 + k2]! + rightWeight * data[p11 + k2]!);
        }
      }
      out[at] = s0 * weight;
      if (channels === 3) {
        out[at + 1] = s1 * weight;
        out[at + 2] = s2 * weight;
      }
    }
  }
}

/** out [H,W,C] = mean over the grid of the input pixel in which each sample lies */
function sampleNearest(
  image: RawImage,
  map: Affine2,
  size: HeightWidth,
  { countX, countY, replicate }: SampleGrid,
  out: Float32Array,
): void {
  const { data, width, height, channels } = image;
  const [a, b, tx, c, d, ty] = map;
  const [k1, k2] = channels === 3 ? [1, 2] : [0, 0];
  const weight = 1 / (countX * countY);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at += channels) {
      let [s0, s1, s2] = [0, 0, 0];
      for (let j = 0; j < countY; j++) {
        const py = y + (j + 0.5) / countY;
        for (let i = 0; i < countX; i++) {
          const px = x + (i + 0.5) / countX;
          let column = Math.floor(a * px + b * py + tx);
          let row = Math.floor(c * px + d * py + ty);
          if (column < 0 || row < 0 || column >= width || row >= height) {
            if (!replicate) continue;
            column = Math.min(Math.max(column, 0), width - 1);
            row = Math.min(Math.max(row, 0), height - 1);
          }
          const p = (row * width + column) * channels;
          s0 += data[p]!;
          s1 += data[p + k1]!;
          s2 += data[p + k2]!;
        }
      }
      out[at] = s0 * weight;
      if (channels === 3) {
        out[at + 1] = s1 * weight;
        out[at + 2] = s2 * weight;
      }
    }
  }
}
