/** Any trained classifier: what it predicts, and how it is kept. */
import { InputError } from '../errors.ts';
import { predictForest, type Forest } from './forest.ts';
import { predictLda, type Lda } from './lda.ts';
import { predictLinearSvm, type LinearSvm } from './linear-svm.ts';
import { predictRbfSvm, type RbfSvm } from './rbf-svm.ts';
import type { Features } from './training-set.ts';

export type TrainedClassifier = LinearSvm | RbfSvm | Lda | Forest;
export const CLASSIFIER_KINDS = [
  'svm',
  'svm-rbf',
  'lda',
  'forest',
] as const satisfies readonly TrainedClassifier['kind'][];
export type ClassifierKind = TrainedClassifier['kind'];

/**
 * @param x [N,D]   @returns [N] class indices   @throws {ShapeError} when the samples have another number of features
 */
export function predictClasses(model: TrainedClassifier, x: Features): Int32Array {
  switch (model.kind) {
    case 'svm':
      return predictLinearSvm(model, x);
    case 'svm-rbf':
      return predictRbfSvm(model, x);
    case 'lda':
      return predictLda(model, x);
    case 'forest':
      return predictForest(model, x);
  }
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;
type Stored = { readonly [K in keyof typeof ARRAYS]?: string };
const FORMAT = 'mien.classifier';

/** The classifier as JSON; arrays are objects { float32 | float64 | int32: base64 of the little-endian values }. */
export function encodeClassifier(model: TrainedClassifier): string {
  return JSON.stringify({ format: FORMAT, version: 1, model }, (_, value: unknown) => {
    for (const [name, type] of Object.entries(ARRAYS)) {
      if (value instanceof type)
        return { [name]: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
    }
    return value;
  });
}

/**
 * @param source names the file in errors
 * @throws {InputError} when the text is not a classifier of this version
 */
export function decodeClassifier(text: string, source: string): TrainedClassifier {
  let document: { format?: unknown; version?: unknown; model?: { kind?: unknown } } | null;
  try {
    document = JSON.parse(text, revive) as typeof document;
  } catch (cause) {
    throw new InputError(source, 'is not JSON', { cause });
  }
  if (document?.format !== FORMAT || document.version !== 1)
    throw new InputError(source, `is not a classifier: expected "format": "${FORMAT}", "version": 1`);
  const kind = document.model?.kind;
  if (!(CLASSIFIER_KINDS as readonly unknown[]).includes(kind))
    throw new InputError(source, `is not a classifier of a known kind: expected ${CLASSIFIER_KINDS.join(', ')}`);
  return document.model as TrainedClassifier;
}

function revive(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value as Stored);
  const [name, text] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined || !Object.hasOwn(ARRAYS, name) || typeof text !== 'string')
    return value;
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new ARRAYS[name as keyof typeof ARRAYS](bytes.buffer);
}
