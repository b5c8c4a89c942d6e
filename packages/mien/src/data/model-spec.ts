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
import { POSITION_MAP_METADATA_KEY } from '../face/reconstruct/position-map-metadata.ts';
import { fitting, readEntry } from './metadata.ts';
import { IMAGE_INPUT, INPUT_KINDS, type ModelInputs } from './model-inputs.ts';
import { classesSchema, imageInputSchema, preprocessSpecSchema, type PreprocessSpec } from './preprocess.ts';

export const MODEL_METADATA_KEY = 'mien.model';
/** Used by version 1 only. */
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

const headSchema = z.strictObject({
  kind: z.literal('classes'),
  ...version1HeadFields,
  ...calibrationFields,
  /** For a face and its mirror image; absent where the model does not allow that view. */
  mirror: calibrationSchema.optional(),
});

/** An output of numbers, [N,L]: of a multi-label output the logits of its labels, otherwise the numbers themselves. */
const valueHeadSchema = z.strictObject({
  kind: z.enum(['multilabel', 'regression']),
  output: z.string(),
  /** Names of the L numbers, in their order. */
  names: z
    .array(z.string().min(1))
    .min(1)
    .refine((names) => new Set(names).size === names.length, { error: 'a name occurs twice' }),
  trainedOn: z.string(),
});
export type ValueHead = z.infer<typeof valueHeadSchema>;

const specFields = {
  name: z.string().min(1),
  /** The recipe that trained it. */
  recipe: z.string(),
  /** Outputs that tell classes apart, the first being the one that recognition reports. */
  heads: z.array(headSchema),
};

/** The schema of the kind that a value names; an unknown kind is named. */
function ofKind<T extends { kind: string }>(what: string, schemas: readonly z.ZodType<T>[], kinds: readonly string[]) {
  return z.discriminatedUnion('kind', schemas as never, {
    error: ({ code, input }) =>
      code === 'invalid_union' && !kinds.includes((input as { kind?: string } | null)?.kind as string)
        ? `the kind of ${what} ${JSON.stringify((input as { kind?: unknown } | null)?.kind)} is not known to this version of Mien`
        : undefined,
  }) as unknown as z.ZodType<T>;
}

const inputSchema = ofKind<{ kind: string }>(
  'input',
  Object.values(INPUT_KINDS).map(({ fields, framed }) =>
    framed ? imageInputSchema(fields) : z.strictObject(fields),
  ) as unknown as z.ZodType<{ kind: string }>[],
  Object.keys(INPUT_KINDS),
);

const version2Schema = z.strictObject({
  version: z.literal(2),
  ...specFields,
  heads: z.array(ofKind<Head>('output', [headSchema, valueHeadSchema], ['classes', 'multilabel', 'regression'])).min(1),
  inputs: z.record(z.string(), inputSchema),
});
type Head = z.infer<typeof headSchema> | ValueHead;
const version1Schema = z.strictObject({
  version: z.literal(1),
  ...specFields,
  heads: z.array(z.strictObject(version1HeadFields)).min(1),
});
const version1PreprocessSchema = z
  .looseObject({ version: z.literal(1) })
  .transform(({ version: _, ...spec }) => spec)
  .pipe(preprocessSpecSchema);

export type ModelSpec = z.infer<z.ZodObject<typeof specFields>> & {
  /** Outputs that give numbers; in the file they stand among the heads. */
  readonly valueHeads?: readonly ValueHead[];
};
export type ModelHead = ModelSpec['heads'][number];

/** The metadata entries of a model file. @param inputs by the names of the ONNX inputs */
export function encodeModelMetadata(
  { heads, valueHeads = [], ...model }: ModelSpec,
  preprocess: PreprocessSpec,
  inputs: ModelInputs = IMAGE_INPUT,
): Map<string, string> {
  const { classes: _, ...image } = preprocess;
  const spec: z.infer<typeof version2Schema> = {
    version: 2,
    ...model,
    heads: [...heads, ...valueHeads],
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        INPUT_KINDS[input.kind].framed ? { ...image, ...input, steps: [...(preprocess.steps ?? [])] } : input,
      ]),
    ),
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
): { model: ModelSpec; preprocess: PreprocessSpec; inputs: ModelInputs } {
  if (metadata.has(POSITION_MAP_METADATA_KEY) && !metadata.has(MODEL_METADATA_KEY))
    throw new InputError(
      source,
      'is a position-map network, which tells no expressions: `mien explain --3d --position-map` takes it',
    );
  const found = readEntry(source, metadata, MODEL_METADATA_KEY, 'so what its outputs mean is unknown');
  if ((found as { version?: unknown } | null)?.version === 1) {
    const { version: _, heads, ...rest } = fitting(source, MODEL_METADATA_KEY, version1Schema, found);
    const preprocess = readEntry(source, metadata, PREPROCESS_METADATA_KEY, 'so how to prepare its input is unknown');
    return {
      model: { ...rest, heads: heads.map((head) => ({ kind: 'classes', ...head })) },
      preprocess: fitting(source, PREPROCESS_METADATA_KEY, version1PreprocessSchema, preprocess),
      inputs: IMAGE_INPUT,
    };
  }
  const { version: _, inputs, heads, ...model } = fitting(source, MODEL_METADATA_KEY, version2Schema, found);
  const classHeads = heads.filter((head) => head.kind === 'classes');
  const valueHeads = heads.filter((head): head is ValueHead => head.kind !== 'classes');
  const { preprocess, inputs: own } = partInputs(source, inputs);
  return {
    model: { ...model, heads: classHeads, ...(valueHeads.length > 0 ? { valueHeads } : {}) },
    preprocess: { ...preprocess, classes: classHeads[0]?.classes ?? [] },
    inputs: own,
  };
}

/** The framing that all inputs of a face share, and what else each input is. */
function partInputs(
  source: string,
  inputs: Readonly<Record<string, { readonly kind: string }>>,
): { preprocess: Omit<PreprocessSpec, 'classes'>; inputs: ModelInputs } {
  const framings: Omit<PreprocessSpec, 'classes'>[] = [];
  const own: Record<string, ModelInputs[string]> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const { fields, framed } = INPUT_KINDS[input.kind as keyof typeof INPUT_KINDS];
    const isOwn = ([key]: [string, unknown]): boolean => key in fields;
    own[name] = Object.fromEntries(Object.entries(input).filter(isOwn)) as ModelInputs[string];
    if (!framed) continue;
    const { steps = [], ...framing } = Object.fromEntries(
      Object.entries(input).filter((entry) => !isOwn(entry)),
    ) as unknown as Omit<PreprocessSpec, 'classes'>;
    framings.push({ ...framing, ...(steps.length > 0 ? { steps } : {}) });
  }
  const images = Object.values(own).filter(({ kind }) => kind === 'image' || kind === 'clip');
  if (images.length > 1 || framings.length === 0 || new Set(framings.map((f) => JSON.stringify(f))).size > 1)
    throw new InputError(
      source,
      `its "${MODEL_METADATA_KEY}" metadata describes ${framings.length} inputs of a face, expected one image or clip, and landmarks of the same framing`,
    );
  return { preprocess: framings[0]!, inputs: own };
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
