/** Training that starts from a finished model: its weights as far as they fit, and the chain of models behind them. */
import { createHash } from 'node:crypto';
import { decodeModelMetadata, MODEL_METADATA_KEY } from '../data/index.ts';
import { exists, readText, readWhole } from '../files/index.ts';
import type { Graph } from '../onnx/index.ts';
import { readModelFile } from '../onnx/node.ts';
import { modelFile } from '../predict/node.ts';
import {
  basedOn,
  initialWeights,
  parseModelCard,
  type BaseOptions,
  type InitialWeights,
  type Recipe,
  type Stage,
  type Starting,
} from '../train/index.ts';

export interface StartingPoint extends InitialWeights {
  /** The models behind the weights, the given one last: for `FitOptions.startedFrom`. */
  readonly startedFrom: readonly Stage[];
}

/**
 * What a recipe takes over from a model (see `initialWeights`). The card beside the model's file, where there is one,
 * says which models that one was started from.
 * @param source name of an installed model, or the path of an .onnx file
 * @param options.seed of what the model does not give
 * @throws {InputError} when there is no such model, or nothing of it fits
 */
export async function startFrom(
  recipe: Starting,
  source: string,
  options: { readonly seed?: number } = {},
): Promise<StartingPoint> {
  const { graph, stage, before } = await readStage(source);
  const taken = initialWeights(recipe, graph, source, options);
  return { ...taken, startedFrom: [...before, stage] };
}

/**
 * The recipe on the ONNX network `source`: a path, or the name of an installed model (see `basedOn`).
 * @throws {InputError} when there is no such model; and as `basedOn`
 */
export async function recipeOnBase(
  recipe: Recipe,
  source: string,
  options: Omit<BaseOptions, 'stage'>,
): Promise<Recipe> {
  const { graph, stage } = await readStage(source);
  return basedOn(recipe, graph, source, { ...options, stage });
}

/** A model, what the card says of it, and the models behind it. */
async function readStage(source: string): Promise<{ graph: Graph; stage: Stage; before: readonly Stage[] }> {
  const { name, path, cardPath } = await modelFile(source);
  const graph = await readModelFile(path);
  const sha256 = createHash('sha256')
    .update(await readWhole(path))
    .digest('hex');
  const spec = graph.metadata.has(MODEL_METADATA_KEY) ? decodeModelMetadata(source, graph.metadata).model : undefined;
  const stage = { name: spec?.name ?? name, sha256, trainedOn: spec?.heads.map(({ trainedOn }) => trainedOn) ?? [] };
  return { graph, stage, before: await stagesBefore(cardPath, sha256) };
}

/** Of the model's own card; a card of another file says nothing of this one. */
async function stagesBefore(cardPath: string, sha256: string): Promise<readonly Stage[]> {
  if (!(await exists(cardPath))) return [];
  const card = parseModelCard(cardPath, await readText(cardPath));
  return card.sha256 === sha256 ? (card.training.startedFrom ?? []) : [];
}
