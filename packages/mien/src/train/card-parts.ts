/**
 * Parts of the model card's schema that are measured apart from the figures: how sure, how robust, how clean the data.
 */
import { z } from 'zod';
import { VIEWS } from '../data/index.ts';

export const share = z.number().min(0).max(1);
/** NaN where undefined is null in JSON. */
export const figure = share.nullable();
const count = z.int().nonnegative();
const interval = z.tuple([figure, figure]);

export const withoutRepeatsSchema = z.strictObject({
  repeats: count,
  n: count,
  accuracy: figure,
  /** Without near-identical images too. */
  near: z.strictObject({ repeats: count, n: count, accuracy: figure }).optional(),
});

export const intervalsSchema = z.strictObject({
  level: share,
  resamples: count,
  seed: z.int(),
  accuracy: interval,
  meanAccuracy: interval,
});

export const coverageSchema = z.strictObject({
  /** Share of the images whose answer has at least this confidence, and the accuracy of these answers. */
  points: z.array(z.strictObject({ threshold: share, coverage: share, accuracy: figure })),
  /** The same at the threshold below which the model calls its answers uncertain; null for a model without one. */
  uncertain: z.strictObject({ below: share, coverage: share, accuracy: figure, accuracyOfAll: figure }).nullable(),
});

export const unclearSchema = z.array(z.strictObject({ reason: z.string(), n: count, flagged: count }));

export const robustnessSchema = z.strictObject({
  dataset: z.string(),
  split: z.string(),
  head: z.string(),
  views: z.enum(VIEWS),
  /** Images measured, of so many; drawn by the seed. */
  n: count,
  of: count,
  seed: z.int(),
  accuracy: figure,
  meanAccuracy: figure,
  changes: z.array(
    z.strictObject({
      kind: z.string(),
      what: z.string(),
      figures: z.array(
        z.strictObject({
          strength: z.union([z.number(), z.string()]),
          accuracy: figure,
          meanAccuracy: figure,
          interval,
          lost: z.number().nullable(),
        }),
      ),
    }),
  ),
  /** |yaw| in degrees; both null: no mesh was found. */
  yaw: z
    .array(z.strictObject({ low: z.number().nullable(), high: z.number().nullable(), n: count, accuracy: figure }))
    .nullable(),
});

const copiesSchema = z.strictObject({
  groups: count,
  images: count,
  copies: count,
  acrossSplits: count,
  conflicting: count,
  conflictingImages: count,
});

export const auditSchema = z.strictObject({
  dataset: z.string(),
  images: count,
  unreadable: count,
  /** Bits of 255 in which the hashes of near-identical images may differ. */
  threshold: count,
  identical: copiesSchema,
  near: copiesSchema,
  nearPairs: count,
  conflictingPairs: count,
  splits: z.array(
    z.strictObject({
      split: z.string(),
      images: count,
      identical: z.record(z.string(), count),
      near: z.record(z.string(), count),
    }),
  ),
});

/** A model whose weights another was started from. */
export const stageSchema = z.strictObject({
  name: z.string(),
  /** Digest of its .onnx file. */
  sha256: z.string(),
  /** The datasets whose labels its outputs learned. */
  trainedOn: z.array(z.string()),
});
export type Stage = z.infer<typeof stageSchema>;

export const distillationSchema = z.strictObject({
  teachers: z.array(z.strictObject({ name: z.string(), sha256: z.string() })).min(1),
  temperature: z.number().positive(),
  /** Share of the teachers in the objective. */
  weight: share,
});

/** A model whose network is joined with others to one, as its own card describes it. */
export const joinedSchema = z.strictObject({
  name: z.string(),
  /** Digest of its .onnx file. */
  sha256: z.string(),
  /** What it learned from. */
  data: z.strictObject({
    dataset: z.string(),
    trainSplit: z.string(),
    trainImages: z.int().positive(),
    licence: z.string(),
  }),
  training: z.strictObject({
    seed: z.int(),
    epochs: z.int().positive(),
    bestEpoch: z.int().positive(),
    batchSize: z.int().positive(),
    wallSeconds: z.number().nonnegative(),
    startedFrom: z.array(stageSchema).min(1).optional(),
    distillation: distillationSchema.optional(),
  }),
});
export type JoinedModel = z.infer<typeof joinedSchema>;

export const valueHeadSchema = z.strictObject({
  kind: z.enum(['multilabel', 'regression']),
  output: z.string(),
  names: z.array(z.string()),
  trainedOn: z.string(),
});

/** By name of the figure: F1, AUC; CCC, RMSE, SAGR, ICC … (see `HeadFigures`). */
const valueFiguresSchema = z.record(z.string(), z.number().nullable());
/** Landmark errors of a position-map network on one split, by yaw, as shares of the distance between the eyes. */
export const surfaceMetricSchema = z.strictObject({
  dataset: z.string(),
  split: z.string(),
  output: z.string(),
  role: z.enum(['validation', 'held-out']),
  /** All, then by yaw: see `SurfaceFigures`. */
  rows: z.array(
    z.strictObject({
      from: z.number(),
      to: z.number(),
      n: z.int().positive(),
      picture: z.number(),
      space: z.number(),
      meanShapePicture: z.number(),
      meanShapeSpace: z.number(),
    }),
  ),
});
/** Figures of one output on one split. */
export const valueMetricSchema = z.strictObject({
  dataset: z.string(),
  split: z.string(),
  output: z.string(),
  views: z.enum(VIEWS),
  role: z.enum(['validation', 'held-out']),
  kind: z.enum(['multilabel', 'regression']),
  n: z.int().nonnegative(),
  mean: valueFiguresSchema,
  byName: z.record(z.string(), valueFiguresSchema),
});
