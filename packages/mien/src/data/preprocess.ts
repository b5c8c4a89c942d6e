/**
 * How pixels become a network's input: stored in the ONNX file's metadata (model-spec.ts), and applied by the same
 * function in training and in prediction. It runs in Node and in the browser alike.
 */
import { z } from 'zod';
import { ShapeError } from '../errors.ts';
import type { AlignSpec } from '../face/align.ts';
import type { FurtherNeeds } from './model-inputs.ts';
import { flawOf, NORMALIZATION_NAMES, normalizePixels, type NormalizeStep } from '../image/index.ts';

/** A normalization of image/normalize by name, with parameters of its own; another version of Mien may know others. */
const normalizeStep = z
  .looseObject({
    name: z.enum(NORMALIZATION_NAMES, {
      error: ({ input }) => `the step of preparation ${JSON.stringify(input)} is not known to this version of Mien`,
    }),
  })
  .check(({ value, issues }) => {
    const flaw = flawOf(value as NormalizeStep);
    if (flaw !== undefined) issues.push({ code: 'custom', input: value, message: flaw });
  })
  .transform((value) => value as NormalizeStep);
export const normalizeStepsSchema = z.array(normalizeStep);

/** Other alignments than the similarity, which needs no name. */
export const ALIGNMENTS = ['frontal'] as const;
export type Alignment = (typeof ALIGNMENTS)[number];

const point = z.tuple([z.number(), z.number()]);

const fields = {
  /** Size of the input, in pixels. */
  width: z.int().positive(),
  height: z.int().positive(),
  channels: z.enum(['grey', 'rgb']),
  /**
   * Size of the images that the input is cut from: their centre, or in training a random place. Absent: the input's
   * size.
   */
  cropFrom: z.strictObject({ width: z.int().positive(), height: z.int().positive() }).optional(),
  /** Normalizations of the input's pixels, in order, each channel by itself; absent: none. */
  steps: normalizeStepsSchema.optional(),
  /** Per channel, of pixels/255 after the steps. */
  mean: z.array(z.number()),
  std: z.array(z.number().positive()),
  /** How a face is framed, by name, e.g. `fer2013`; `none`: images as they are, without a template. */
  framing: z.string().min(1),
  /** Where landmarks of the framed face lie on average: [x, y] as shares of width and height, before any cut. */
  template: z
    .strictObject({
      leftEye: point,
      rightEye: point,
      noseTip: point,
      mouthLeft: point,
      mouthRight: point,
    })
    .optional(),
  /**
   * How a face is brought onto the template. Absent: turned, scaled and shifted. `frontal`: painted onto the average face's
   * surface, seen from the front (Hassner et al. 2015; face/reconstruct/frontalize.ts).
   */
  alignment: z.enum(ALIGNMENTS).optional(),
};

/** A strict schema of an image input with more fields, and the rules that hold between its fields. */
export function imageInputSchema<More extends z.core.$ZodShape>(more: More) {
  return z.strictObject({ ...fields, ...more }).check(({ value, issues }) => {
    const { width, height, channels, cropFrom, mean, std, template, alignment } = value as z.infer<
      z.ZodObject<typeof fields>
    >;
    const reject = (field: string, message: string): void => {
      issues.push({ code: 'custom', input: value, path: [field], message });
    };
    if (mean.length !== channelCount(channels) || std.length !== channelCount(channels))
      reject('mean', 'mean and std need one value a channel');
    if (cropFrom && (cropFrom.width < width || cropFrom.height < height))
      reject('cropFrom', 'must not be smaller than the input');
    if (alignment && !template) reject('alignment', 'needs a template');
  });
}

/** Class order of the logits. */
export const classesSchema = z
  .array(z.string().min(1))
  .min(2)
  .refine((classes) => new Set(classes).size === classes.length, { error: 'a class occurs twice' });

export const preprocessSpecSchema = imageInputSchema({ classes: classesSchema });

/**
 * See `preprocessSpecSchema` for each field. Left and right are the subject's, as in MediaPipe: rightEye has the
 * smaller x.
 */
export type PreprocessSpec = z.infer<typeof preprocessSpecSchema>;

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
  for (let c = 0; c < C; c++) {
    const scale = 1 / (255 * spec.std[c]!);
    const shift = spec.mean[c]! / spec.std[c]!;
    const plane = offset + c * area;
    for (let i = 0; i < area; i++) out[plane + i] = values[i * C + c]! * scale - shift;
  }
}
