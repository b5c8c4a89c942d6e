/** What was measured of a model, as its card holds it: NaN becomes null, and what a card does not show is left out. */
import type { Views } from '../data/index.ts';
import type { DataAudit } from '../data/node.ts';
import type { AccuracyIntervals, Interval } from '../metrics/index.ts';
import type { CardMetric, ModelCard } from '../train/index.ts';
import type { Evaluation, LabelSetFigures } from './evaluate.ts';
import type { Robustness } from './robustness/index.ts';

export const defined = (value: number): number | null => (Number.isNaN(value) ? null : value);

const bounds = ([low, high]: Interval): [number | null, number | null] => [defined(low), defined(high)];
const intervalsOf = ({ accuracy, meanAccuracy, ...rest }: AccuracyIntervals): CardMetric['intervals'] => ({
  ...rest,
  accuracy: bounds(accuracy),
  meanAccuracy: bounds(meanAccuracy),
});

/** The figures of a split, and those under the dataset's other rules of labels. */
export function cardMetrics(e: Evaluation, views: Views, role: CardMetric['role']): CardMetric[] {
  const { withoutRepeats: w, uncertain } = e;
  const own: CardMetric = {
    dataset: e.dataset,
    split: e.split,
    head: e.head,
    views,
    role,
    n: e.n,
    accuracy: defined(e.accuracy),
    meanAccuracy: defined(e.meanAccuracy),
    ece: defined(e.ece),
    withoutRepeats: w && {
      repeats: w.repeats,
      n: w.n,
      accuracy: defined(w.accuracy),
      near: { repeats: w.near.repeats, n: w.near.n, accuracy: defined(w.near.accuracy) },
    },
    intervals: intervalsOf(e.intervals),
    coverage: {
      points: e.coverage.map((point) => ({ ...point, accuracy: defined(point.accuracy) })),
      uncertain: uncertain && {
        ...uncertain,
        accuracy: defined(uncertain.accuracy),
        accuracyOfAll: defined(uncertain.accuracyOfAll),
      },
    },
    ...(e.unclear.length > 0 ? { unclear: [...e.unclear] } : {}),
  };
  const under = ({ dataset, n, accuracy, meanAccuracy, ece, intervals }: LabelSetFigures): CardMetric => ({
    dataset,
    split: e.split,
    head: e.head,
    views,
    role,
    n,
    accuracy: defined(accuracy),
    meanAccuracy: defined(meanAccuracy),
    ece: defined(ece),
    withoutRepeats: null,
    intervals: intervalsOf(intervals),
  });
  return [own, ...e.labelSets.map(under)];
}

/** The figures of outputs of several labels or numbers on a split. */
export function cardValueMetrics(
  e: Evaluation,
  views: Views,
  role: CardMetric['role'],
): NonNullable<ModelCard['valueMetrics']> {
  const written = (figures: Readonly<Record<string, number>>): Record<string, number | null> =>
    Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, defined(value)]));
  return Object.entries(e.outputs ?? {}).map(([output, { kind, n, mean, byName }]) => ({
    dataset: e.dataset,
    split: e.split,
    output,
    views,
    role,
    kind,
    n,
    mean: written(mean),
    byName: Object.fromEntries(Object.entries(byName).map(([name, figures]) => [name, written(figures)])),
  }));
}

export function cardRobustness(
  { model: _, accuracy, meanAccuracy, changes, yaw, ...rest }: Robustness,
  views: Views,
): NonNullable<ModelCard['robustness']> {
  return {
    ...rest,
    views,
    accuracy: defined(accuracy),
    meanAccuracy: defined(meanAccuracy),
    changes: changes.map(({ figures, ...change }) => ({
      ...change,
      figures: figures.map((f) => ({
        strength: f.strength,
        accuracy: defined(f.accuracy),
        meanAccuracy: defined(f.meanAccuracy),
        interval: bounds(f.interval),
        lost: defined(f.lost),
      })),
    })),
    yaw: yaw && yaw.map((bin) => ({ ...bin, accuracy: defined(bin.accuracy) })),
  };
}

export function cardAudit({
  examples: _,
  splits,
  identical,
  near,
  ...rest
}: DataAudit): NonNullable<ModelCard['audits']>[number] {
  return {
    ...rest,
    identical: { ...identical },
    near: { ...near },
    splits: splits.map((split) => ({ ...split, identical: { ...split.identical }, near: { ...split.near } })),
  };
}
