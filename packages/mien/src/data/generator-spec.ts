/**
 * What the model file of a generator says of itself, in the ONNX metadata: the faces that it takes, whom it shows, and
 * how many numbers of noise it wants. Its inputs are `x` [N,C,H,W], `identity` [N,I] one-hot and `z` [N,Z]; its output is
 * `picture` [N,3,H,W], −1 … 1.
 */
import { z } from 'zod';
import { rawImage, type RawImage } from '../image/index.ts';
import type { Tensor } from '../tensor/index.ts';
import type { InputSpec } from './image-input.ts';
import { fitting, readEntry } from './metadata.ts';
import { imageInputSchema, type PreprocessSpec } from './preprocess.ts';

export const GENERATOR_METADATA_KEY = 'mien.generator';

const schema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1),
  recipe: z.string(),
  people: z.array(z.string().min(1)).min(1),
  expressions: z.array(z.string().min(1)),
  noise: z.int().positive(),
  input: imageInputSchema({}),
});

/** What a generator's file says. */
export interface GeneratorModel {
  readonly name: string;
  /** The recipe that trained it. */
  readonly recipe: string;
  /** [I] Whom it shows. */
  readonly people: string[];
  /** The expressions that it learned to carry over. */
  readonly expressions: string[];
  /** Z */
  readonly noise: number;
  /** The faces that it takes. */
  readonly input: Omit<PreprocessSpec, 'classes'>;
}

/** The metadata entries of a generator's file. */
export const encodeGeneratorMetadata = (model: GeneratorModel): Map<string, string> =>
  new Map([[GENERATOR_METADATA_KEY, JSON.stringify(schema.parse({ version: 1, ...model }))]]);

/**
 * @param source names the file in errors
 * @throws {InputError} when the metadata are absent, or do not fit
 */
export function decodeGeneratorMetadata(source: string, metadata: ReadonlyMap<string, string>): GeneratorModel {
  const value = readEntry(
    source,
    metadata,
    GENERATOR_METADATA_KEY,
    'so it is not a generator: expected such a file as RECIPE.generator.onnx',
  );
  const { version: _, ...model } = fitting(source, GENERATOR_METADATA_KEY, schema, value, 'model');
  return model as GeneratorModel;
}

/** Pictures of −1 … 1. */
const SIGNED: Pick<InputSpec, 'mean' | 'std'> = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * A batch of normalized images as pixels, rounded: p = 255·(mean + std·v).
 * @param x float32 [N,C,H,W]   @param spec how they were normalized; default −1 … 1, as generators give them
 */
export function pixelsOf({ dims, data }: Tensor, { mean, std }: Pick<InputSpec, 'mean' | 'std'> = SIGNED): RawImage[] {
  const [N, C, H, W] = dims as [number, number, number, number];
  const values = data as Float32Array;
  return Array.from({ length: N }, (_, n) => {
    const pixels = new Uint8Array(C * H * W);
    for (let c = 0; c < C; c++)
      for (let i = 0; i < H * W; i++) {
        const v = 255 * (mean[c]! + std[c]! * values[(n * C + c) * H * W + i]!);
        pixels[i * C + c] = Math.max(0, Math.min(255, Math.round(v)));
      }
    return rawImage(W, H, C as 1 | 3, pixels);
  });
}
