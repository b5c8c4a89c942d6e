/** What a recipe's step is fed besides its weights. Shape legend: N samples, B of a batch, K classes, L names, D features. */
import {
  type Batch,
  classPrior,
  classRows,
  gatherRows,
  isLabelling,
  LABEL,
  MESH_NAMES,
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
import { float32, type Tensor } from '../tensor/index.ts';
import type { CanonicalFace } from '../face/canonical-face.ts';
import { MeshMap } from '../face/reconstruct/mesh-map.ts';
import { type Head, isClassesHead, isMeshHead, outputDims } from './heads.ts';
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
  /** Of heads that learn the mesh: its rows become maps when a batch is made. */
  readonly #maps: ReadonlyMap<string, MeshMap>;
  readonly #id: string;

  /**
   * @param canonical how a mesh is unfolded: needed where a head learns it
   * @throws {MienError} when the data lack a head's target, or have other classes
   */
  constructor(
    recipe: Pick<Recipe, 'id' | 'heads'>,
    samples: Samples,
    dataset: string,
    canonical?: Pick<CanonicalFace, 'triangles' | 'textureCoordinates'>,
  ) {
    this.#id = recipe.id;
    this.#rows = new Map(recipe.heads.map((head) => [head.output, rowsOf(recipe.id, head, samples, dataset)]));
    this.#maps = new Map(
      recipe.heads.filter(isMeshHead).map(({ output, side }) => {
        if (!canonical) throw new MienError(`${recipe.id}: output ${output} learns the mesh, which needs its layout`);
        return [output, new MeshMap(canonical, side)];
      }),
    );
  }

  /** Sizes of the step's targets, without the batch, by name. */
  get sizes(): Record<string, readonly number[]> {
    return Object.fromEntries(
      [...this.#rows].flatMap(([output, { mask, width }]): [string, readonly number[]][] => {
        const map = this.#maps.get(output);
        const dims = map ? [3, map.side, map.side] : [width];
        return [[output, dims], ...(mask ? [[maskName(output), dims] as [string, readonly number[]]] : [])];
      }),
    );
  }

  /** A target for each head, and masks where targets may be missing in part. */
  feeds(indices: Int32Array): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.#rows].flatMap(([output, rows]): [string, Tensor][] => {
        const { values, mask, width } = rows;
        const map = this.#maps.get(output);
        if (map) {
          const maps = mapsOf(map, rows, indices);
          return [
            [`target.${output}`, maps.values],
            [`target.${maskName(output)}`, maps.weights],
          ];
        }
        return [
          [`target.${output}`, gatherRows(values, width, indices)],
          ...(mask ? [[`target.${maskName(output)}`, gatherRows(mask, width, indices)] as [string, Tensor]] : []),
        ];
      }),
    );
  }

  /** [N,width] of a head. */
  rows(output: string): TargetRows {
    const rows = this.#rows.get(output);
    if (!rows) throw new MienError(`${this.#id}: has no output "${output}" that learns`);
    return rows;
  }
}

/**
 * Position maps of meshes.
 * @param rows of the meshes   @returns both [B,3,S,S]; a sample without a mesh has no weight
 */
export function mapsOf(
  map: MeshMap,
  { values, mask, width }: TargetRows,
  indices: Int32Array,
): { readonly values: Tensor<'float32'>; readonly weights: Tensor<'float32'> } {
  const area = map.side ** 2;
  const dims = [indices.length, 3, map.side, map.side];
  const out = new Float32Array(indices.length * 3 * area);
  const weights = new Float32Array(out.length);
  indices.forEach((row, i) => {
    if (mask?.[row * width] === 0) return;
    map.write(values.subarray(row * width, (row + 1) * width), out, i * 3 * area);
    for (let axis = 0; axis < 3; axis++) weights.set(map.weights, (3 * i + axis) * area);
  });
  return { values: float32(dims, out), weights: float32(dims, weights) };
}

function rowsOf(id: string, head: Head, samples: Samples, dataset: string): TargetRows {
  if (head.kind === 'identity') {
    const labels = Int32Array.from(samples.ids, (_, i) => head.people.indexOf(samples.subjects?.[i] ?? ''));
    return classRows({ classes: head.people, labels });
  }
  const target = asMienError(id, () => targetOf(samples, head.target, dataset));
  if (isMeshHead(head))
    return asMienError(id, () => valueRows(valuesOf(samples, head.target, dataset), MESH_NAMES, dataset));
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
    const wanted = outputDims(head);
    if (shape?.slice(1).join() !== wanted.join())
      throw new MienError(
        `${id}: output ${head.output} of ${network.name} is ${shape ? `[${shape.join(',')}]` : 'missing'}, expected [N,${wanted.join(',')}]`,
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
