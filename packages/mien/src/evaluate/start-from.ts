/** Training that starts from a finished model: its weights as far as they fit, and the chain of models behind them. */
import { decodeModelMetadata, MODEL_METADATA_KEY } from '../data/index.ts';
import { InputError } from '../errors.ts';
import type { Graph } from '../onnx/index.ts';
import {
  basedOn,
  initialWeights,
  type BaseOptions,
  type InitialWeights,
  type Recipe,
  type Stage,
  type Starting,
} from '../train/index.ts';
import { readFaceApiNetwork } from './face-api.ts';
import { readFinishedModel } from './finished-model.ts';

export interface StartingPoint extends InitialWeights {
  /** The models behind the weights, the given one last: for `FitOptions.startedFrom`. */
  readonly startedFrom: readonly Stage[];
  /** The weights have no statistics of images: for `FitOptions.measureNorms`. */
  readonly measureNorms: boolean;
}

/** Networks of npm packages that no ONNX file holds, by the names that recipes and `--init` have for them. */
const PACKAGED: ReadonlyMap<string, (channels: 1 | 3) => Promise<{ graph: Graph; stage: Stage }>> = new Map([
  ['face-api', readFaceApiNetwork],
]);

/**
 * What a recipe takes over from a model (see `initialWeights`). The card beside the model's file, where there is one,
 * says which models that one was started from.
 * @param source name of an installed model, the path of an .onnx file, or `face-api`: dlib's face recognition network out of
 *   the npm package @vladmandic/face-api, for recipes on `faceResNet`
 * @param options.seed of what the model does not give
 * @throws {InputError} when there is no such model, or nothing of it fits; {MienError} when its package is not installed
 */
export async function startFrom(
  recipe: Starting,
  source: string,
  options: { readonly seed?: number } = {},
): Promise<StartingPoint> {
  const readPackaged = PACKAGED.get(source);
  if (readPackaged) {
    const { graph, stage } = await readPackaged(imageChannels(recipe, source));
    return { ...initialWeights(recipe, graph, source, options), startedFrom: [stage], measureNorms: true };
  }
  const { graph, stages } = await readStages(source);
  return { ...initialWeights(recipe, graph, source, options), startedFrom: stages, measureNorms: false };
}

function imageChannels({ network: { name, input } }: Starting, source: string): 1 | 3 {
  const channels = 'channels' in input ? input.channels : input.dims.length === 3 ? input.dims[0] : undefined;
  if (channels === 1 || channels === 3) return channels;
  throw new InputError(source, `is a network of grey or RGB images, and ${name} takes others`);
}

/**
 * The ONNX network `source`, a path or the name of an installed model, as a base for recipes (see `basedOn`).
 * @throws {InputError} when there is no such model; what it returns throws as `basedOn`
 */
export async function openBase(
  source: string,
  options: Omit<BaseOptions, 'stages'>,
): Promise<(recipe: Recipe) => Recipe> {
  const { graph, stages } = await readStages(source);
  return (recipe) => basedOn(recipe, graph, source, { ...options, stages });
}

/** A model, and the chain of models that ends in it. */
async function readStages(source: string): Promise<{ graph: Graph; stages: readonly Stage[] }> {
  const { name, graph, sha256, card } = await readFinishedModel(source);
  const spec = graph.metadata.has(MODEL_METADATA_KEY) ? decodeModelMetadata(source, graph.metadata).model : undefined;
  const stage = { name: spec?.name ?? name, sha256, trainedOn: spec?.heads.map(({ trainedOn }) => trainedOn) ?? [] };
  return { graph, stages: [...(card?.training.startedFrom ?? []), stage] };
}
