/** What a recipe's step is fed besides its weights. Shape legend: N samples, B of a batch, K classes, L names, D features. */
import {
  type Batch,
  classPrior,
  classRows,
  gatherRows,
  isLabelling,
  LABEL,
  peopleOf,
  type Samples,
  type TargetRows,
  targetOf,
  valueRows,
  valuesOf,
} from '../data/index.ts';
import { InputError, MienError } from '../errors.ts';
import { buildNetwork } from '../nn/index.ts';
import { FeatureBank } from '../nn/losses/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Head, isClassesHead, widthOf } from './heads.ts';
import type { Recipe } from './recipe.ts';

/** The name of the mask among the targets of a loss: 1 where the target is known. */
export const maskName = (output: string): string => `${output}.mask`;

/** What a loss may know of the training split. */
export interface LossData {
  /** [K] the share of each class among the targets of an output that tells classes apart. */
  prior(output: string): readonly number[];
}

/** The targets of each head for the samples of a split. */
export class HeadTargets {
  readonly #rows: ReadonlyMap<string, TargetRows>;
  readonly #id: string;

  /** @throws {MienError} when the data lack a head's target, or have other classes */
  constructor(recipe: Pick<Recipe, 'id' | 'heads'>, samples: Samples, dataset: string) {
    this.#id = recipe.id;
    this.#rows = new Map(recipe.heads.map((head) => [head.output, rowsOf(recipe.id, head, samples, dataset)]));
  }

  /** Sizes of the step's targets, without the batch, by name. */
  get sizes(): Record<string, readonly number[]> {
    return Object.fromEntries(
      [...this.#rows].flatMap(([output, { mask, width }]): [string, readonly number[]][] => [
        [output, [width]],
        ...(mask ? [[maskName(output), [width]] as [string, readonly number[]]] : []),
      ]),
    );
  }

  /** A target for each head, and masks where targets may be missing in part. */
  feeds(indices: Int32Array): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.#rows].flatMap(([output, { values, mask, width }]): [string, Tensor][] => [
        [`target.${output}`, gatherRows(values, width, indices)],
        ...(mask ? [[`target.${maskName(output)}`, gatherRows(mask, width, indices)] as [string, Tensor]] : []),
      ]),
    );
  }

  /** [N,width] of a head. */
  rows(output: string): TargetRows {
    const rows = this.#rows.get(output);
    if (!rows) throw new MienError(`${this.#id}: has no output "${output}" that learns`);
    return rows;
  }
}

function rowsOf(id: string, head: Head, samples: Samples, dataset: string): TargetRows {
  if (head.kind === 'identity') {
    const labels = Int32Array.from(samples.ids, (_, i) => head.people.indexOf(samples.subjects?.[i] ?? ''));
    return classRows({ classes: head.people, labels });
  }
  const target = asMienError(id, () => targetOf(samples, head.target, dataset));
  if (!isClassesHead(head))
    return asMienError(id, () => valueRows(valuesOf(samples, head.target, dataset), head.names, dataset));
  if (!isLabelling(target) || target.classes.join() !== head.classes.join())
    throw new MienError(
      `${id}: output ${head.output} learns ${head.classes.join(', ')}, but the ${head.target === LABEL ? 'labels' : `labels "${head.target}"`} of ${dataset} are ${isLabelling(target) ? target.classes.join(', ') : target.names.join(', ')}`,
    );
  return classRows(target, head.learn);
}

/** The data lack what the recipe wants: the fault is with neither alone. */
function asMienError<T>(id: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? new MienError(`${id}: ${error.message}`, { cause: error }) : error;
  }
}

/** @throws {MienError} when a head's output has another width than what it learns */
export function checkOutputs({ id, network, heads }: Recipe, train: Samples): void {
  const { outputs } = buildNetwork(network);
  for (const head of heads) {
    const shape = outputs[head.output]?.shape;
    if (shape?.length !== 2 || shape[1] !== widthOf(head))
      throw new MienError(
        `${id}: output ${head.output} of ${network.name} is ${shape ? `[${shape.join(',')}]` : 'missing'}, expected [N,${widthOf(head)}]`,
      );
    if (head.kind === 'identity' && head.people.join('\n') !== peopleOf(train).join('\n'))
      throw new MienError(
        `${id}: output ${head.output} learns ${head.people.length} people, but the training split has ${peopleOf(train).length}${peopleOf(train).length === head.people.length ? ' others' : ''}`,
      );
  }
}

/** What a loss may know of these samples. */
export function lossDataOf({ id, heads }: Pick<Recipe, 'id' | 'heads'>, samples: Samples): LossData {
  return {
    prior(output) {
      const head = heads.find((other) => other.output === output);
      if (!head || !isClassesHead(head)) throw new MienError(`${id}: output ${output} tells no classes apart`);
      return classPrior(samples.labellingOf(head.target));
    },
  };
}

/** The step graph's inputs for a batch: the network's inputs, and the targets of each head. */
export const feedsOf = (targets: HeadTargets, { inputs, indices }: Batch): Record<string, Tensor> => ({
  ...inputs,
  ...targets.feeds(indices),
});

/** An empty bank for the features that the recipe keeps. */
export function bankOf({ bank, network }: Recipe, { labels }: Samples): FeatureBank | undefined {
  if (!bank) return undefined;
  const width = buildNetwork(network).outputs[bank.output]?.shape[1];
  if (typeof width !== 'number') throw new MienError(`${network.name}: has no output "${bank.output}" [N,D] to keep`);
  return new FeatureBank(labels, width);
}
