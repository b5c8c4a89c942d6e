/**
 * How pixels become a network's input, and what its outputs mean: stored in the ONNX file's metadata, and applied by
 * the same function in training and in prediction. It runs in Node and in the browser alike.
 */
import { z } from 'zod';
import { InputError, ShapeError } from '../errors.ts';
import type { AlignSpec } from '../face/align.ts';

/** Key of the spec in an ONNX file's metadata. */
export const PREPROCESS_METADATA_KEY = 'mien.preprocess';

const point = z.tuple([z.number(), z.number()]);

export const preprocessSpecSchema = z
  .strictObject({
    version: z.literal(1),
    /** Size of the input, in pixels. */
    width: z.int().positive(),
    height: z.int().positive(),
    channels: z.enum(['grey', 'rgb']),
    /** Size of the images that the input is cut from: their centre, or in training a random place. Absent: the input's size. */
    cropFrom: z.strictObject({ width: z.int().positive(), height: z.int().positive() }).optional(),
    /** Per channel, of pixels/255. */
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
    /** How a face is framed, by name, e.g. `fer2013`; `none`: images as they are, without a template. */
    framing: z.string().min(1),
    /** Where landmarks of the framed face lie on average: [x, y] as shares of width and height, before any cut. */
    template: z.strictObject({
      leftEye: point,
      rightEye: point,
      noseTip: point,
      mouthLeft: point,
      mouthRight: point,
    }).optional(),
    /** Class order of the logits. */
    classes: z.array(z.string().min(1)).min(2),
  })
  .refine(({ channels, mean, std }) => mean.length === channelCount(channels) && std.length === channelCount(channels), {
    error: 'mean and std need one value a channel',
    path: ['mean'],
  })
  .refine(({ width, height, cropFrom }) => !cropFrom || (cropFrom.width >= width && cropFrom.height >= height), {
    error: 'must not be smaller than the input',
    path: ['cropFrom'],
  })
  .refine(({ classes }) => new Set(classes).size === classes.length, { error: 'a class occurs twice', path: ['classes'] });

/** See `preprocessSpecSchema` for each field. Left and right are the subject's, as in MediaPipe: rightEye has the smaller x. */
export type PreprocessSpec = z.infer<typeof preprocessSpecSchema>;

/** What normalisation needs of the spec. */
export type InputSpec = Pick<PreprocessSpec, 'width' | 'height' | 'channels' | 'mean' | 'std' | 'cropFrom'>;

/** What a recipe or a model takes: datasets of image files bring every image to it. Datasets that are tables of pixels have their own size. */
export interface ImageFormat {
  /** px */
  readonly width: number;
  readonly height: number;
  readonly channels: 'grey' | 'rgb';
  /** Where the points of an average face lie, as shares of width and height: faces are aligned to it. Without it the whole image is resized. */
  readonly template?: AlignSpec['template'];
}

/** What images must be brought to for this input, before the cut. */
export function imageFormat(spec: Pick<PreprocessSpec, 'width' | 'height' | 'channels' | 'cropFrom' | 'template'>): ImageFormat {
  const { width, height } = spec.cropFrom ?? spec;
  return { width, height, channels: spec.channels, ...(spec.template ? { template: spec.template } : {}) };
}

/**
 * The part of an image that is the input.
 * @param pixels [H',W',C], of the size `imageFormat` tells   @param left @param top of the part, px; default: the centre
 * @returns [H,W,C]; the pixels themselves where there is nothing to cut
 */
export function cropToInput<P extends Uint8Array | Float32Array>(pixels: P, spec: InputSpec, left?: number, top?: number): P {
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
 *   out[c,y,x] = (pixels[y,x,c] / 255 − mean_c) / std_c
 * @param pixels [H,W,C] row-major, 0 … 255: 8-bit, or not rounded after augmentation
 * @param out a buffer of [N,C,H,W]   @param offset where this image starts in `out`
 * @throws {ShapeError} when the image has another size than the spec, or does not fit into `out`
 */
export function pixelsToTensor(pixels: Uint8Array | Float32Array, spec: InputSpec, out: Float32Array, offset: number): void {
  const C = channelCount(spec.channels);
  const size = inputSize(spec);
  if (pixels.length !== size) {
    throw new ShapeError('pixelsToTensor', `pixels: expected ${spec.height}×${spec.width}×${C} values, got ${pixels.length}`);
  }
  if (offset < 0 || offset + size > out.length) {
    throw new ShapeError('pixelsToTensor', `out: expected room for ${size} values from ${offset}, got length ${out.length}`);
  }
  const area = size / C;
  for (let c = 0; c < C; c++) {
    const scale = 1 / (255 * spec.std[c]!);
    const shift = spec.mean[c]! / spec.std[c]!;
    const plane = offset + c * area;
    for (let i = 0; i < area; i++) out[plane + i] = pixels[i * C + c]! * scale - shift;
  }
}

/** The spec as the string that goes into an ONNX file's metadata. */
export function encodePreprocessSpec(spec: PreprocessSpec): string {
  return JSON.stringify(preprocessSpecSchema.parse(spec));
}

/**
 * @param source names the file in errors
 * @param text the metadata value, undefined when the file has none
 * @throws {InputError} when it is absent, no JSON, of another version, or not a spec; names the field
 */
export function decodePreprocessSpec(source: string, text: string | undefined): PreprocessSpec {
  if (text === undefined) {
    throw new InputError(source, `has no "${PREPROCESS_METADATA_KEY}" metadata, so how to prepare its input is unknown`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(source, `its "${PREPROCESS_METADATA_KEY}" metadata is no JSON`, { cause });
  }
  const parsed = preprocessSpecSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(source, `its "${PREPROCESS_METADATA_KEY}" metadata does not fit: ${issue.path.join('.') || 'spec'}: ${issue.message}`);
}
