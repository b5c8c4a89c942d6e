/**
 * The JSON document of `mien recognize --json` and of the server's API, as a zod schema: pixels of the photo as
 * displayed, degrees, probabilities. The README and the command's help describe it.
 */
import { z } from 'zod';
import { EXPRESSIONS_8 } from '../labels/index.ts';

const expression = z.enum(EXPRESSIONS_8);
const probability = z.number().min(0).max(1);

const faceSchema = z
  .object({
    id: z.int().optional().describe('of the person in a video, the same from frame to frame'),
    box: z
      .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
      .describe("around the face's mesh, px"),
    score: probability.describe('how sure the detector is that this is a face'),
    landmarks: z
      .array(z.tuple([z.number(), z.number()]))
      .length(68)
      .describe('the 68 points, px'),
    pose: z
      .object({ yaw: z.number(), pitch: z.number(), roll: z.number() })
      .describe("degrees; yaw > 0: to the subject's left, pitch > 0: up, roll > 0: clockwise"),
    expressions: z.partialRecord(expression, probability).describe("of each of the model's classes; the sum is 1"),
    top: expression.describe('the most probable expression'),
    confidence: probability.describe('its probability'),
    uncertain: z.boolean().describe("whether the confidence is below the model's threshold"),
    quality: z
      .object({ size: z.number(), sharpness: z.number(), yaw: z.number(), presence: z.number(), cut: z.number() })
      .describe('what the reading rests on'),
    actionUnits: z
      .object({
        source: z.string().describe('how they were told'),
        intensity: z.record(z.string(), z.number().min(0).max(5)).describe('of each unit, by names such as AU12'),
        present: z.array(z.string()).describe('units that are present'),
      })
      .optional()
      .describe('estimates of action units, where they were asked for'),
  })
  .meta({ id: 'Face' });

const imageSchema = z
  .object({
    file: z.string(),
    time: z.number().optional().describe('of the frame of a video, seconds'),
    width: z.int().nullable().describe('px as displayed; null when the photo could not be read'),
    height: z.int().nullable(),
    faces: z.array(faceSchema).describe('surest first'),
    error: z.string().optional().describe('why the photo could not be read or recognised'),
    notes: z.array(z.string()).optional().describe('what its reader should know of it'),
  })
  .meta({ id: 'Image' });

/**
 * Checks a document of results.
 * @example
 * ```ts
 * import { recognitionSchema } from 'mienjs/results';
 *
 * const { images } = recognitionSchema.parse(JSON.parse('{ "model": "default", "images": [] }'));
 * images.length; // → 0
 * ```
 */
export const recognitionSchema = z
  .object({ model: z.string(), images: z.array(imageSchema) })
  .meta({ id: 'Recognition' });
export type RecognitionDocument = z.infer<typeof recognitionSchema>;
