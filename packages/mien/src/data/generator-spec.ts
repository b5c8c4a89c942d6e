/**
 * What the model file of a generator says of itself, in the ONNX metadata: its kind, the faces that it takes or makes, and how
 * many numbers of noise it wants.
 *
 *   transfer        `x` [N,C,H,W], `identity` [N,I] one-hot, `z` [N,Z] → `picture` [N,3,H,W], −1 … 1: a face's expression on
 *                   another person (a character)
 *   class           `x` [N,K], shares of the classes, `z` [N,Z] → `picture` [N,C,H,W]: a new face of a class, or between some
 *   reconstruction  `x` [N,C,H,W] → `picture` [N,C,H,W]: the face that an autoencoder makes of its code
 *
 * Pictures of the last two are normalized as `input` says.
 */
import { z } from 'zod';
import { rawImage, type RawImage } from '../image/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { channelCount, type InputSpec } from './image-input.ts';
import { fitting, readEntry } from './metadata.ts';
import { imageInputSchema, type PreprocessSpec } from './preprocess.ts';

export const GENERATOR_METADATA_KEY = 'mien.generator';

/** What a generator makes its pictures of. */
export const GENERATOR_KINDS = ['transfer', 'class', 'reconstruction'] as const;
export type GeneratorKind = (typeof GENERATOR_KINDS)[number];

const schema = z
  .strictObject({
    version: z.literal(1),
    kind: z.enum(GENERATOR_KINDS).default('transfer'),
    name: z.string().min(1),
    recipe: z.string(),
    people: z.array(z.string().min(1)),
    expressions: z.array(z.string().min(1)),
    noise: z.int().nonnegative(),
    input: imageInputSchema({}),
  })
  .check(({ value: { kind, people, expressions, noise }, issues }) => {
    const reject = (field: string, message: string): void => {
      issues.push({ code: 'custom', input: kind, path: [field], message });
    };
    if (kind === 'transfer' && people.length === 0) reject('people', 'a transfer needs at least one person');
    if (kind === 'class' && expressions.length === 0) reject('expressions', 'pictures of classes need at least one');
    if (kind !== 'reconstruction' && noise === 0) reject('noise', 'expected at least 1');
  });

/** What a generator's file says. */
export interface GeneratorModel {
  readonly kind: GeneratorKind;
  readonly name: string;
  /** The recipe that trained it. */
  readonly recipe: string;
  /** [I] Whom a transfer shows; none of other kinds. */
  readonly people: string[];
  /** The expressions that it learned: to carry over, or, [K], to show. */
  readonly expressions: string[];
  /** Z */
  readonly noise: number;
  /** The faces that it takes, or those that it makes. */
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

/** Names of a generator's inputs, with their sizes without the batch. */
export function generatorInputs({
  kind,
  people,
  expressions,
  noise,
  input,
}: GeneratorModel): Record<string, readonly number[]> {
  const x = [channelCount(input.channels), input.height, input.width];
  if (kind === 'reconstruction') return { x };
  return kind === 'class' ? { x: [expressions.length], z: [noise] } : { x, identity: [people.length], z: [noise] };
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

/** How the pictures of a generator are normalized. */
export const pictureScale = ({
  kind,
  input,
}: Pick<GeneratorModel, 'kind' | 'input'>): Pick<InputSpec, 'mean' | 'std'> => (kind === 'transfer' ? SIGNED : input);
