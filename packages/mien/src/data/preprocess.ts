/** How pixels become a network's input, as the ONNX file's metadata store it (model-spec.ts); image-input.ts applies it. */
import { z } from 'zod';
import {
  flawOf,
  formatNormalization,
  givesThreeChannels,
  NORMALIZATION_NAMES,
  type NormalizeStep,
} from '../image/index.ts';
import { channelCount } from './image-input.ts';

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
  /**
   * Normalizations of the input's pixels, in order, each channel by itself; absent: none. Those that give three channels
   * need an input of `rgb`.
   */
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
    const { width, height, channels, cropFrom, steps, mean, std, template, alignment } = value as z.infer<
      z.ZodObject<typeof fields>
    >;
    const reject = (field: string, message: string): void => {
      issues.push({ code: 'custom', input: value, path: [field], message });
    };
    if (mean.length !== channelCount(channels) || std.length !== channelCount(channels))
      reject('mean', 'mean and std need one value a channel');
    if (cropFrom && (cropFrom.width < width || cropFrom.height < height))
      reject('cropFrom', 'must not be smaller than the input');
    if (channels === 'grey' && steps && givesThreeChannels(steps))
      reject('steps', `${formatNormalization(steps)} gives three channels, and the input is grey`);
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
