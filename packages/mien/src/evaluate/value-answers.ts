/**
 * What a model's heads of several labels and of numbers answer for a split, against the targets that the data have.
 * Shape legend: N samples, L names of a head.
 */
import { isLabelling, valueRows, type Samples, type ValueHead, type ValueTable } from '../data/index.ts';
import { figuresOf, type HeadFigures } from '../train/index.ts';

/** The target of the data that a head's numbers can be measured on: of its kind, with the most of its names. */
export function valuesFor({ kind, names }: ValueHead, { targets }: Pick<Samples, 'targets'>): ValueTable | undefined {
  const known = (table: ValueTable): number => names.filter((name) => table.names.includes(name)).length;
  return Object.values(targets)
    .filter((target): target is ValueTable => !isLabelling(target) && target.kind === kind && known(target) > 0)
    .sort((a, b) => known(b) - known(a))[0];
}

/**
 * Figures of each head that the data have a target for, by its output. A name that the data lack has no figure.
 * @param outputs float32 [N,L] of each head, in the order of `heads`
 */
export function valueFigures(
  heads: readonly ValueHead[],
  samples: Samples,
  outputs: readonly Float32Array[],
): Record<string, HeadFigures> {
  return Object.fromEntries(
    heads.flatMap((head, h) => {
      const table = valuesFor(head, samples);
      return table ? [[head.output, figuresOf(head, outputs[h]!, valueRows(table, head.names))] as const] : [];
    }),
  );
}
