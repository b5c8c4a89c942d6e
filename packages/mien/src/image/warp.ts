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

/** From this many samples across an output pixel on, each takes its nearest input pixel: the box mean hides the rest. */
const nearestFrom = 4;
/** Keeps rotations of scale 1 (whose length may round to 1 + 2⁻⁵²) at one sample. */
const scaleTolerance = 1e-6;

/**
 * @param outputToInput maps output coordinates to input coordinates, in pixels
 * @returns an image of the given size and the input's channels, each value rounded to nearest
 * @throws {ShapeError} when the size is not positive integers or the map is not finite
 */
export function warpAffine(image: RawImage, outputToInput: Affine2, size: HeightWidth, options: WarpOptions = {}): RawImage {
  const samples = warpSamples('warpAffine', image, outputToInput, size, options);
  const data = new Uint8Array(samples.length);
  for (let i = 0; i < data.length; i++) data[i] = samples[i]! + 0.5;
  return rawImage(size.width, size.height, image.channels, data);
}

/**
 * Warps straight into a tensor: out = (v/255 − mean) / std, with v the interpolated value in [0, 255], not rounded.
 * @param out written at [offset, offset + channels·height·width), in [C,H,W] (`nchw`) or [H,W,C] (`nhwc`) order
 * @throws {ShapeError} when the result does not fit, the size is not positive integers, or mean or std have the wrong length
 */
export function warpToFloat32(
  image: RawImage, outputToInput: Affine2, size: HeightWidth, out: Float32Array, offset: number, options: WarpToFloatOptions,
): void {
  const channels = options.channels === 'rgb' ? 3 : 1;
  const pixels = size.width * size.height;
  if (offset < 0 || offset + pixels * channels > out.length) {
    throw new ShapeError('warpToFloat32', `out: expected room for ${pixels * channels} values from ${offset}, got length ${out.length}`);
  }
  const mean = perChannel('mean', options.mean, channels);
  const std = perChannel('std', options.std, channels);
  const samples = warpSamples('warpToFloat32', image, outputToInput, size, options);
  const planes = image.channels === 1 ? undefined : samples;
  const [pixelStep, channelStep] = options.layout === 'nchw' ? [1, pixels] : [channels, 1];
  for (let c = 0; c < channels; c++) {
    const factor = 1 / (255 * std[c]!);
    const shift = mean[c]! / std[c]!;
    let at = offset + c * channelStep;
    for (let i = 0; i < pixels; i++, at += pixelStep) {
      const value = planes === undefined ? samples[i]!
        : channels === 3 ? planes[i * 3 + c]!
        : 0.299 * planes[i * 3]! + 0.587 * planes[i * 3 + 1]! + 0.114 * planes[i * 3 + 2]!;
      out[at] = value * factor - shift;
    }
  }
}

function perChannel(name: string, value: number | readonly number[], channels: number): readonly number[] {
  if (typeof value === 'number') return new Array<number>(channels).fill(value);
  if (value.length !== channels) throw new ShapeError('warpToFloat32', `${name}: expected ${channels} values, got ${value.length}`);
  return value;
}

/** @returns float32 [H,W,C] in [0, 255], C the image's channels */
function warpSamples(operation: string, image: RawImage, outputToInput: Affine2, size: HeightWidth, options: WarpOptions): Float32Array {
  const { width, height } = size;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ShapeError(operation, `size: expected positive integers, got ${width}×${height}`);
  }
  if (!outputToInput.every(Number.isFinite)) {
    throw new ShapeError(operation, `outputToInput: expected 6 finite numbers, got [${outputToInput.join(', ')}]`);
  }
  const [a, b, tx, c, d, ty] = outputToInput;
  const antialias = options.antialias ?? true;
  const countX = antialias ? samplesAcross(Math.hypot(a, c)) : 1;
  const countY = antialias ? samplesAcross(Math.hypot(b, d)) : 1;
  const addSample = sampler(image, options.border ?? 'zero', Math.max(countX, countY) >= nearestFrom);
  const out = new Float32Array(width * height * image.channels);
  const sums = new Float64Array(3);
  const weight = 1 / (countX * countY);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sums.fill(0);
      for (let j = 0; j < countY; j++) {
        const py = y + (j + 0.5) / countY;
        for (let i = 0; i < countX; i++) {
          const px = x + (i + 0.5) / countX;
          addSample(sums, a * px + b * py + tx, c * px + d * py + ty);
        }
      }
      for (let k = 0; k < image.channels; k++) out[at++] = sums[k]! * weight;
    }
  }
  return out;
}

function samplesAcross(step: number): number {
  return Math.max(1, Math.ceil(step - scaleTolerance));
}

type AddSample = (sums: Float64Array, u: number, v: number) => void;

/** @returns a function that adds the image's value at (u, v), in pixels, to sums [C] */
function sampler({ data, width, height, channels }: RawImage, border: 'zero' | 'replicate', nearest: boolean): AddSample {
  const addPixel = (sums: Float64Array, i: number, j: number, weight: number): void => {
    let [column, row] = [i, j];
    if (column < 0 || row < 0 || column >= width || row >= height) {
      if (border === 'zero') return;
      column = Math.min(Math.max(column, 0), width - 1);
      row = Math.min(Math.max(row, 0), height - 1);
    }
    const at = (row * width + column) * channels;
    for (let k = 0; k < channels; k++) sums[k]! += weight * data[at + k]!;
  };
  if (nearest) return (sums, u, v) => addPixel(sums, Math.floor(u), Math.floor(v), 1);

  return (sums, u, v) => {
    const i = Math.floor(u - 0.5);
    const j = Math.floor(v - 0.5);
    const fx = u - 0.5 - i;
    const fy = v - 0.5 - j;
    const w00 = (1 - fx) * (1 - fy);
    const w01 = fx * (1 - fy);
    const w10 = (1 - fx) * fy;
    const w11 = fx * fy;
    if (i >= 0 && j >= 0 && i + 1 < width && j + 1 < height) {
      const top = (j * width + i) * channels;
      const bottom = top + width * channels;
      for (let k = 0; k < channels; k++) {
        sums[k]! += w00 * data[top + k]! + w01 * data[top + channels + k]! + w10 * data[bottom + k]! + w11 * data[bottom + channels + k]!;
      }
      return;
    }
    addPixel(sums, i, j, w00);
    addPixel(sums, i + 1, j, w01);
    addPixel(sums, i, j + 1, w10);
    addPixel(sums, i + 1, j + 1, w11);
  };
}
