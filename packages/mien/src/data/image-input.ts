/**
 * Pixels become a network's input, by the same functions in training and in prediction, in Node and in the browser alike.
 * Apart from the schema of what they apply (preprocess.ts), so that a page which only recognises need not load it.
 */
import { ShapeError } from '../errors.ts';
import type { AlignSpec } from '../face/align.ts';
import { normalizePixels } from '../image/index.ts';
import type { FurtherNeeds } from './model-inputs.ts';
import type { Alignment, PreprocessSpec } from './preprocess.ts';

/** What normalisation needs of the spec. */
export type InputSpec = Pick<PreprocessSpec, 'width' | 'height' | 'channels' | 'mean' | 'std' | 'cropFrom' | 'steps'>;

/**
 * What a recipe or a model takes: datasets of image files bring every image to it. Datasets that are tables of pixels
 * have their own size.
 */
export interface ImageFormat extends FurtherNeeds {
  /** px */
  readonly width: number;
  readonly height: number;
  readonly channels: 'grey' | 'rgb';
  /**
   * Where the points of an average face lie, as shares of width and height: faces are aligned to it. Without it the
   * whole image is resized.
   */
  readonly template?: AlignSpec['template'];
  /** See `PreprocessSpec`. */
  readonly alignment?: Alignment;
}

/** What images must be brought to for this input, before the cut. */
export function imageFormat(
  spec: Pick<PreprocessSpec, 'width' | 'height' | 'channels' | 'cropFrom' | 'template' | 'alignment'>,
): ImageFormat {
  const { width, height } = spec.cropFrom ?? spec;
  return {
    width,
    height,
    channels: spec.channels,
    ...(spec.template ? { template: spec.template } : {}),
    ...(spec.alignment ? { alignment: spec.alignment } : {}),
  };
}

/**
 * The part of an image that is the input.
 * @param pixels [H',W',C], of the size `imageFormat` tells   @param left @param top of the part, px; default: the
 *   centre
 * @returns [H,W,C]; the pixels themselves where there is nothing to cut
 */
export function cropToInput<P extends Uint8Array | Float32Array>(
  pixels: P,
  spec: InputSpec,
  left?: number,
  top?: number,
): P {
  const { width, height, cropFrom } = spec;
  if (!cropFrom || (cropFrom.width === width && cropFrom.height === height)) return pixels;
  const C = channelCount(spec.channels);
  const x = left ?? Math.floor((cropFrom.width - width) / 2);
  const y = top ?? Math.floor((cropFrom.height - height) / 2);
  const out = pixels.slice(0, height * width * C) as P;
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * cropFrom.width + x) * C;
    out.set(pixels.subarray(from, from + width * C), row * width * C);
  }
  return out;
}

export function channelCount(channels: 'grey' | 'rgb'): 1 | 3 {
  return channels === 'grey' ? 1 : 3;
}

/** Number of values of one input, C·H·W. */
export function inputSize(spec: InputSpec): number {
  return channelCount(spec.channels) * spec.height * spec.width;
}

/**
 * Normalises one image into a batch tensor:
 *   out[c,y,x] = (p[y,x,c] / 255 − mean_c) / std_c,  p the pixels after the spec's steps
 * @param pixels [H,W,C] row-major, 0 … 255: 8-bit, or not rounded after augmentation
 * @param out a buffer of [N,C,H,W]   @param offset where this image starts in `out`
 * @throws {ShapeError} when the image has another size than the spec, or does not fit into `out`
 */
export function pixelsToTensor(
  pixels: Uint8Array | Float32Array,
  spec: InputSpec,
  out: Float32Array,
  offset: number,
): void {
  const C = channelCount(spec.channels);
  const size = inputSize(spec);
  if (pixels.length !== size) {
    throw new ShapeError(
      'pixelsToTensor',
      `pixels: expected ${spec.height}×${spec.width}×${C} values, got ${pixels.length}`,
    );
  }
  if (offset < 0 || offset + size > out.length) {
    throw new ShapeError(
      'pixelsToTensor',
      `out: expected room for ${size} values from ${offset}, got length ${out.length}`,
    );
  }
  const area = size / C;
  const values = spec.steps?.length ? normalizePixels(pixels, spec, C, spec.steps) : pixels;
  if (values.length !== size)
    throw new ShapeError('pixelsToTensor', `steps: expected ${C} channels, got ${values.length / area}`);
  for (let c = 0; c < C; c++) {
    const scale = 1 / (255 * spec.std[c]!);
    const shift = spec.mean[c]! / spec.std[c]!;
    const plane = offset + c * area;
    for (let i = 0; i < area; i++) out[plane + i] = values[i * C + c]! * scale - shift;
  }
}
