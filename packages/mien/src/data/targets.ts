/**
 * Targets of a batch, gathered by its rows, with what is missing masked. Shape legend: N samples, B of a batch, K classes,
 * L names.
 */
import { InputError } from '../errors.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import { oneHotRows } from './dataset.ts';
import { isLabelling, type Labelling, type SampleTarget, type Samples, type ValueTable } from './samples.ts';

export interface TargetRows {
  /** [N,L] or [N,K]; 0 where missing. */
  readonly values: Float32Array;
  /** [N,L] 1 or 0; absent of classes, where a missing label is a row of zeros. */
  readonly mask?: Float32Array;
  /** L or K */
  readonly width: number;
}

/** Rows of classes: the label distribution, or one-hot labels where the data have none; a row of zeros is not a target. */
export function classRows(
  { classes, labels, labelDistribution }: Labelling,
  learn: 'distribution' | 'label' = 'distribution',
): TargetRows {
  return {
    values: (learn === 'distribution' ? labelDistribution : undefined) ?? oneHotRows(labels, classes.length),
    width: classes.length,
  };
}

/**
 * The columns of these names, in this order.
 * @param source names the data in errors; undefined: a column that the table lacks is missing for every sample
 * @throws {InputError} when the table lacks one
 */
export function valueRows(table: ValueTable, names: readonly string[], source?: string): TargetRows {
  const columns = names.map((name) => {
    const column = table.names.indexOf(name);
    if (column < 0 && source !== undefined)
      throw new InputError(source, `has no values "${name}", expected some of ${table.names.join(', ')}`);
    return column;
  });
  const [N, L] = [table.values.length / table.names.length, names.length];
  const values = new Float32Array(N * L);
  const mask = new Float32Array(N * L);
  for (let i = 0; i < N; i++)
    columns.forEach((column, l) => {
      const value = column < 0 ? NaN : table.values[i * table.names.length + column]!;
      if (Number.isNaN(value)) return;
      values[i * L + l] = value;
      mask[i * L + l] = 1;
    });
  return { values, mask, width: L };
}

/** @returns float32 [B,width] of the rows */
export function gatherRows(rows: Float32Array, width: number, indices: Int32Array): Tensor<'float32'> {
  const picked = new Float32Array(indices.length * width);
  indices.forEach((row, i) => picked.set(rows.subarray(row * width, (row + 1) * width), i * width));
  return float32([indices.length, width], picked);
}

/** The target of that name. @throws {InputError} when there is none; names those that there are */
export function targetOf(samples: Samples, name: string, source: string): SampleTarget {
  const target = samples.targets[name];
  if (target) return target;
  throw new InputError(
    source,
    `has no target "${name}", expected one of ${Object.keys(samples.targets).join(', ') || '(none)'}`,
  );
}

/** The values of a target that are numbers. @throws {InputError} when there is none of that name */
export function valuesOf(samples: Samples, name: string, source: string): ValueTable {
  const target = targetOf(samples, name, source);
  if (isLabelling(target)) throw new InputError(source, `its target "${name}" is classes, expected numbers`);
  return target;
}

/** [K] The share of each class among the targets of a labelling; labels count where there are no distributions. */
export function classPrior({ classes, labels, labelDistribution }: Labelling): number[] {
  const K = classes.length;
  const mass = new Float64Array(K);
  if (labelDistribution)
    labelDistribution.forEach((p, i) => {
      mass[i % K]! += p;
    });
  else for (const label of labels) if (label >= 0) mass[label]! += 1;
  const total = mass.reduce((a, b) => a + b, 0);
  return Array.from(mass, (m) => m / total);
}
