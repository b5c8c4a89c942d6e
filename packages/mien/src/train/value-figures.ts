/** Figures of heads of several labels or numbers. Shape legend: N samples, L names. */
import {
  concordance,
  intraclassCorrelation,
  pearsonCorrelation,
  presenceF1,
  rocAuc,
  rootMeanSquaredError,
  signAgreement,
} from '../metrics/index.ts';
import type { TargetRows } from '../data/index.ts';
import type { ValuesHead } from './heads.ts';

/** Figures by name: F1 and AUC of labels; CCC, Pearson's r, RMSE, SAGR and ICC(3,1) of numbers. NaN where undefined. */
export type ValueFigures = Readonly<Record<string, number>>;

export interface HeadFigures {
  readonly kind: ValuesHead['kind'];
  /** Samples that have something known. */
  readonly n: number;
  /** By the head's name of a label or number, over the samples of which it is known. */
  readonly byName: Readonly<Record<string, ValueFigures & { readonly n: number }>>;
  /** Mean over the names for which a figure is defined. */
  readonly mean: ValueFigures;
}

const METRICS: Readonly<
  Record<ValuesHead['kind'], Readonly<Record<string, (truth: Float64Array, output: Float64Array) => number>>>
> = {
  // A logit above 0 is a probability above ½
  multilabel: {
    f1: (truth, logits) =>
      presenceF1(
        truth,
        logits.map((z) => Number(z > 0)),
      ),
    auc: rocAuc,
    accuracy: (truth, logits) =>
      truth.reduce((sum, t, i) => sum + Number(t === Number(logits[i]! > 0)), 0) / truth.length,
  },
  regression: {
    ccc: concordance,
    pearson: pearsonCorrelation,
    rmse: rootMeanSquaredError,
    sagr: signAgreement,
    icc: intraclassCorrelation,
  },
};

/** The figure by which epochs are compared. */
export const MAIN_FIGURE: Readonly<Record<ValuesHead['kind'], string>> = { multilabel: 'f1', regression: 'ccc' };

/**
 * @param outputs float32 [N,L] of the network   @param rows the targets of the same samples, in the same order
 */
export function figuresOf(
  { kind, names }: Pick<ValuesHead, 'kind' | 'names'>,
  outputs: Float32Array,
  { values, mask }: TargetRows,
): HeadFigures {
  const L = names.length;
  const N = outputs.length / L;
  const known = (i: number, l: number): boolean => !mask || mask[i * L + l] === 1;
  const byName = Object.fromEntries(
    names.map((name, l) => {
      const rows = Array.from({ length: N }, (_, i) => i).filter((i) => known(i, l));
      const [truth, output] = [values, outputs].map((all) => Float64Array.from(rows, (i) => all[i * L + l]!)) as [
        Float64Array,
        Float64Array,
      ];
      const figures = Object.entries(METRICS[kind]).map(([metric, of]) => [metric, of(truth, output)] as const);
      return [name, { ...Object.fromEntries(figures), n: rows.length }] as const;
    }),
  );
  const mean = Object.fromEntries(
    Object.keys(METRICS[kind]).map((metric) => {
      const defined = Object.values<Readonly<Record<string, number>>>(byName)
        .map((figures) => figures[metric]!)
        .filter((value) => !Number.isNaN(value));
      return [metric, defined.reduce((sum, value) => sum + value, 0) / defined.length];
    }),
  );
  const n = Array.from({ length: N }, (_, i) => names.some((_, l) => known(i, l))).filter(Boolean).length;
  return { kind, n, byName, mean };
}
