/**
 * What a model file says of itself besides its input: name and outputs. Stored in the ONNX metadata beside
 * the PreprocessSpec; training writes it, prediction and evaluation read it.
 */
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { decodePreprocessSpec, encodePreprocessSpec, PREPROCESS_METADATA_KEY, type PreprocessSpec } from './preprocess.ts';

export const MODEL_METADATA_KEY = 'mien.model';

const modelSpecSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1),
  /** The recipe that trained it. */
  recipe: z.string(),
  /** Outputs, the first being the one that recognition reports. */
  heads: z.array(z.strictObject({
    /** Name of the ONNX output: logits float32 [N,K]. */
    output: z.string(),
    /** Class order of the K logits. */
    classes: z.array(z.string().min(1)).min(2),
    /** The dataset whose labels this head was trained on. */
    trainedOn: z.string(),
    /** Divides the logits before softmax, so that confidence is calibrated (Guo et al. 2017). */
    temperature: z.number().positive(),
  })).min(1),
});

export type ModelSpec = z.infer<typeof modelSpecSchema>;
export type ModelHead = ModelSpec['heads'][number];

/** The metadata entries of a model file. */
export function encodeModelMetadata(model: ModelSpec, preprocess: PreprocessSpec): Map<string, string> {
  return new Map([
    [MODEL_METADATA_KEY, JSON.stringify(modelSpecSchema.parse(model))],
    [PREPROCESS_METADATA_KEY, encodePreprocessSpec(preprocess)],
  ]);
}

/**
 * @param source names the file in errors
 * @throws {InputError} when the metadata are absent or do not fit
 */
export function decodeModelMetadata(source: string, metadata: ReadonlyMap<string, string>): { model: ModelSpec; preprocess: PreprocessSpec } {
  const preprocess = decodePreprocessSpec(source, metadata.get(PREPROCESS_METADATA_KEY));
  const text = metadata.get(MODEL_METADATA_KEY);
  if (text === undefined) throw new InputError(source, `has no "${MODEL_METADATA_KEY}" metadata, so what its outputs mean is unknown`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(source, `its "${MODEL_METADATA_KEY}" metadata is no JSON`, { cause });
  }
  const parsed = modelSpecSchema.safeParse(value);
  if (parsed.success) return { model: parsed.data, preprocess };
  const issue = parsed.error.issues[0]!;
  throw new InputError(source, `its "${MODEL_METADATA_KEY}" metadata does not fit: ${issue.path.join('.')}: ${issue.message}`);
}
