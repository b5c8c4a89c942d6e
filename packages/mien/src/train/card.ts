/**
 * The model card: what a model is, what it learned from, how well it does, and what it is not for. It lies beside the
 * model as JSON (for programs) and as Markdown (for readers).
 */
import { z } from 'zod';
import { VIEWS } from '../data/index.ts';
import { InputError } from '../errors.ts';
import {
  auditSchema,
  coverageSchema,
  distillationSchema,
  figure,
  intervalsSchema,
  joinedSchema,
  robustnessSchema,
  share,
  stageSchema,
  unclearSchema,
  valueHeadSchema,
  surfaceMetricSchema,
  valueMetricSchema,
  withoutRepeatsSchema,
} from './card-parts.ts';

const metricFields = {
  dataset: z.string(),
  split: z.string(),
  /** The model's output. */
  head: z.string(),
  /** `validation`: chose the epoch and fitted the temperatures; `held-out`: training never saw it. */
  role: z.enum(['validation', 'held-out']),
  n: z.int().nonnegative(),
  accuracy: figure,
  /** Mean of the recalls. */
  meanAccuracy: figure,
  /** Expected calibration error, 15 bins. */
  ece: figure,
  /** Without images that earlier splits of the data also hold; null where there are none to compare with. */
  withoutRepeats: withoutRepeatsSchema.nullable(),
};

/** A figure of version 2. */
const metricSchema = z.strictObject({
  ...metricFields,
  views: z.enum(VIEWS),
  /** Bootstrap, 95 %: in place of other seeds. */
  intervals: intervalsSchema.optional(),
  /** Answering from a confidence on, and the model's own threshold. */
  coverage: coverageSchema.optional(),
  /** Images that the dataset's rules leave out as unclear, by the reason. */
  unclear: unclearSchema.optional(),
});

const calibrationFields = {
  temperature: z.number().positive(),
  /** An answer whose probability is below this is called uncertain. */
  uncertainBelow: share.optional(),
};

const version1HeadFields = {
  output: z.string(),
  classes: z.array(z.string()),
  trainedOn: z.string(),
  temperature: z.number().positive(),
};

const fields = {
  name: z.string().min(1),
  recipe: z.string().min(1),
  title: z.string(),
  paper: z.string().nullable(),
  /** What differs from the paper. */
  notes: z.string().nullable(),
  /** Digest of the .onnx file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  /** Trainable numbers. */
  parameters: z.int().positive(),
  input: z.strictObject({
    width: z.int().positive(),
    height: z.int().positive(),
    channels: z.enum(['grey', 'rgb']),
    framing: z.string(),
  }),
  heads: z.array(
    z.strictObject({
      ...version1HeadFields,
      ...calibrationFields,
      /** For a face and its mirror image. */
      mirror: z.strictObject(calibrationFields).optional(),
      /** τ of `fitPriorShift`, and the figures of the cross-validation that chose it. */
      priorShift: z
        .strictObject({ tau: share, crossValidated: z.strictObject({ accuracy: figure, meanAccuracy: figure }) })
        .optional(),
    }),
  ),
  /** Outputs of several labels or numbers. */
  valueHeads: z.array(valueHeadSchema).optional(),
  data: z.strictObject({
    dataset: z.string(),
    trainSplit: z.string(),
    trainImages: z.int().positive(),
    validationSplit: z.string(),
    validationImages: z.int().positive(),
    licence: z.string(),
  }),
  training: z.strictObject({
    seed: z.int(),
    /** Epochs done. */
    epochs: z.int().positive(),
    bestEpoch: z.int().positive(),
    /** The last epoch on the validation split, beside the figures of the best one, which that split chose. */
    lastEpoch: z.strictObject({ head: z.string(), accuracy: figure }).optional(),
    batchSize: z.int().positive(),
    wallSeconds: z.number().nonnegative(),
    /** Day on which it ended, ISO. */
    date: z.iso.date(),
    /** The models that it was started from, the first one first: each was started from the one before it. */
    startedFrom: z.array(stageSchema).min(1).optional(),
    /**
     * The models whose networks are joined in this one: epochs and time are their sums then, seed and size of batches the first
     * one's.
     */
    joined: z.array(joinedSchema).min(1).optional(),
    /** The models that it learned from besides the labels. */
    distillation: distillationSchema.optional(),
  }),
  hardware: z.strictObject({
    cpu: z.string(),
    cores: z.int().positive(),
    device: z.string(),
    node: z.string(),
    onnxruntime: z.string(),
  }),
  metrics: z.array(metricSchema),
  /** Figures of the outputs of several labels or numbers. */
  valueMetrics: z.array(valueMetricSchema).optional(),
  /** Landmark errors of a position-map network. */
  surfaceMetrics: z.array(surfaceMetricSchema).optional(),
  robustness: robustnessSchema.optional(),
  /** Copies within and across the splits of the data. */
  audits: z.array(auditSchema).optional(),
  expected: z.array(
    z.strictObject({
      dataset: z.string(),
      split: z.string(),
      accuracy: share,
      source: z.string(),
      /** A support vector machine on the features; absent: the network itself. */
      by: z.literal('svm').optional(),
      /** The network's figure; null when the data at hand lack that split, or the published one is not a network's. */
      measured: figure,
    }),
  ),
  intendedUse: z.string(),
  limits: z.array(z.string()),
};

const version2Schema = z.strictObject({ version: z.literal(2), ...fields });
const version1Schema = z.strictObject({
  version: z.literal(1),
  ...fields,
  heads: z.array(z.strictObject(version1HeadFields)).min(1),
  metrics: z.array(z.strictObject(metricFields)),
});

/** Cards of version 1 are read as of version 2. */
export const modelCardSchema = z.discriminatedUnion('version', [
  version2Schema,
  version1Schema.transform((card): z.infer<typeof version2Schema> => ({
    ...card,
    version: 2,
    metrics: card.metrics.map((m) => ({ ...m, views: 'single' as const })),
  })),
]);

export type ModelCard = z.infer<typeof modelCardSchema>;
export type CardMetric = ModelCard['metrics'][number];

/**
 * @param source names the file in errors
 * @throws {InputError} when the text is not a card; names the field
 */
export function parseModelCard(source: string, text: string): ModelCard {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(source, 'is not JSON, expected a model card', { cause });
  }
  const parsed = modelCardSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(source, `is not a model card: ${issue.path.join('.') || 'card'}: ${issue.message}`);
}
