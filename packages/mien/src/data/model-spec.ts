/**
 * What a model file says of itself, in the ONNX metadata: its inputs and how to prepare them, its outputs and what they
 * mean. Training writes it, prediction and evaluation read it.
 *
 * Version 2 is one entry, `mien.model`. Inputs stand by their ONNX names and have a kind, outputs have a kind, and an
 * input may list further steps of preparation, so that kinds and steps can be added without another version: a reader
 * that does not know one refuses the file and names it. Version 1, of one image and class logits, was two entries,
 * `mien.model` and `mien.preprocess`; it is still read.
 */
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { classesSchema, imageInputSchema, preprocessSpecSchema, type PreprocessSpec } from './preprocess.ts';

export const MODEL_METADATA_KEY = 'mien.model';
/** Of version 1 only. */
const PREPROCESS_METADATA_KEY = 'mien.preprocess';

/**
 * What the network is shown of a face: the face alone, or also its mirror image, and then the logits are averaged (more
 * accurate, twice the time).
 */
export const VIEWS = ['single', 'mirror'] as const;
export type Views = (typeof VIEWS)[number];

const calibrationFields = {
  /** Divides the logits before softmax, so that confidence is calibrated (Guo et al. 2017). */
  temperature: z.number().positive(),
  /** An answer whose probability is below this is called uncertain; absent: none is. */
  uncertainBelow: z.number().min(0).max(1).optional(),
};
const calibrationSchema = z.strictObject(calibrationFields);
export type Calibration = z.infer<typeof calibrationSchema>;

const version1HeadFields = {
  /** Name of the ONNX output: logits float32 [N,K]. */
  output: z.string(),
  /** Class order of the K logits. */
  classes: classesSchema,
  /** The dataset whose labels this head was trained on. */
  trainedOn: z.string(),
  temperature: calibrationFields.temperature,
};

/** Fails with a sentence that names what is not known. */
const known = <T extends string>(what: string, ...names: T[]) =>
  z.enum(names, { error: ({ input }) => `the ${what} ${JSON.stringify(input)} is not known to this version of Mien` });

const headSchema = z.strictObject({
  kind: known('kind of output', 'classes'),
  ...version1HeadFields,
  ...calibrationFields,
  /** For a face and its mirror image; absent where the model does not allow that view. */
  mirror: calibrationSchema.optional(),
});

const specFields = {
  name: z.string().min(1),
  /** The recipe that trained it. */
  recipe: z.string(),
  /** Outputs, the first being the one that recognition reports. */
  heads: z.array(headSchema).min(1),
};

const inputSchema = imageInputSchema({
  kind: known('kind of input', 'image'),
});

const version2Schema = z.strictObject({
  version: z.literal(2),
  ...specFields,
  inputs: z.record(z.string(), inputSchema),
});
const version1Schema = z.strictObject({
  version: z.literal(1),
  ...specFields,
  heads: z.array(z.strictObject(version1HeadFields)).min(1),
});
const version1PreprocessSchema = z
  .looseObject({ version: z.literal(1) })
  .transform(({ version: _, ...spec }) => spec)
  .pipe(preprocessSpecSchema);

export type ModelSpec = z.infer<z.ZodObject<typeof specFields>>;
export type ModelHead = ModelSpec['heads'][number];

/** The metadata entries of a model file. @param input name of the ONNX input that takes the image */
export function encodeModelMetadata(model: ModelSpec, preprocess: PreprocessSpec, input = 'x'): Map<string, string> {
  const { classes: _, ...image } = preprocess;
  const spec: z.infer<typeof version2Schema> = {
    version: 2,
    ...model,
    inputs: { [input]: { kind: 'image', ...image, steps: [...(preprocess.steps ?? [])] } },
  };
  return new Map([[MODEL_METADATA_KEY, JSON.stringify(version2Schema.parse(spec))]]);
}

/**
 * @param source names the file in errors
 * @throws {InputError} when the metadata are absent, do not fit, or ask for what this version of Mien does not know
 */
export function decodeModelMetadata(
  source: string,
  metadata: ReadonlyMap<string, string>,
): { model: ModelSpec; preprocess: PreprocessSpec } {
  const found = readEntry(source, metadata, MODEL_METADATA_KEY, 'what its outputs mean');
  if ((found as { version?: unknown } | null)?.version === 1) {
    const { version: _, heads, ...rest } = fitting(source, MODEL_METADATA_KEY, version1Schema, found);
    const preprocess = readEntry(source, metadata, PREPROCESS_METADATA_KEY, 'how to prepare its input');
    return {
      model: { ...rest, heads: heads.map((head) => ({ kind: 'classes', ...head })) },
      preprocess: fitting(source, PREPROCESS_METADATA_KEY, version1PreprocessSchema, preprocess),
    };
  }
  const { version: _, inputs, ...model } = fitting(source, MODEL_METADATA_KEY, version2Schema, found);
  const images = Object.values(inputs);
  if (images.length !== 1)
    throw new InputError(
      source,
      `its "${MODEL_METADATA_KEY}" metadata describes ${images.length} inputs, expected one image`,
    );
  const { kind: _kind, steps = [], ...image } = images[0]!;
  const preprocess = { ...image, ...(steps.length > 0 ? { steps } : {}), classes: model.heads[0]!.classes };
  return { model, preprocess };
}

function readEntry(source: string, metadata: ReadonlyMap<string, string>, key: string, purpose: string): unknown {
  const text = metadata.get(key);
  if (text === undefined) throw new InputError(source, `has no "${key}" metadata, so ${purpose} is unknown`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(source, `its "${key}" metadata is no JSON`, { cause });
  }
}

function fitting<T>(source: string, key: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(
    source,
    `its "${key}" metadata does not fit: ${issue.path.join('.') || 'spec'}: ${issue.message}`,
  );
}

/**
 * The model as it answers with these views: its heads have the temperatures and thresholds that were fitted for them.
 * @throws {InputError} when the model does not allow the view
 */
export function withViews(model: ModelSpec, views: Views): ModelSpec {
  if (views === 'single') return model;
  return {
    ...model,
    heads: model.heads.map((head) => {
      if (!head.mirror)
        throw new InputError(model.name, 'has no settings for a face and its mirror image; use the single view');
      const { uncertainBelow: _, ...rest } = head;
      return { ...rest, ...head.mirror };
    }),
  };
}
