/** Finished models as one: a network that holds theirs side by side and answers the mean of their logits. */
import { createHash } from 'node:crypto';
import { decodeModelMetadata, type ModelSpec, type PreprocessSpec } from '../data/index.ts';
import { InputError } from '../errors.ts';
import { exists, readText, readWhole } from '../files/index.ts';
import { importNetwork } from '../nn/index.ts';
import { joinClassifiers, type Graph } from '../onnx/index.ts';
import { decodeModelFile } from '../onnx/node.ts';
import { modelFile } from '../predict/node.ts';
import {
  classesHeads,
  parseModelCard,
  preprocessOf,
  valuesHeads,
  type JoinedModel,
  type Recipe,
} from '../train/index.ts';
import { completeModel, type CompletedModel, type CompleteOptions } from './complete.ts';

/** As `completeModel` takes them; the seed is the recipe's. */
export type JoinOptions = Omit<CompleteOptions, 'seed' | 'teaching'>;

/**
 * Joins finished classifiers of one input to one model, z = 1/M Σₘ zₘ/Tₘ with each one's own temperature, so that it
 * answers in one run of one file what an ensemble (`combineAnswers`) answers in several; then calibrates, measures and
 * writes it like a trained one, as the recipe says. What the members' logits are shifted by is left out, and fitted anew.
 * @param recipe says the data, the heads and the input, which must be the members' own; its network does not count
 * @param sources names of installed models, or paths of .onnx files; two or more
 * @throws {InputError} naming the model that is missing, damaged, takes another input, lacks a head of the recipe or
 *   does not end in a linear layer
 */
export async function joinModels(
  recipe: Recipe,
  sources: readonly string[],
  options: JoinOptions,
): Promise<CompletedModel> {
  if (sources.length < 2) throw new InputError(recipe.id, `is joined of two models or more, got ${sources.length}`);
  if (valuesHeads(recipe).length > 0 || classesHeads(recipe).length === 0)
    throw new InputError(recipe.id, 'has heads that are not of classes: only classifiers are joined');
  const members = await Promise.all(sources.map(readMember));
  const names = new Set<string>();
  const prefixes = members.map(({ spec: { name } }) => {
    let prefix = name;
    for (let i = 2; names.has(prefix); i++) prefix = `${name}-${i}`;
    names.add(prefix);
    return `${prefix}.`;
  });
  for (const member of members) checkMember(recipe, member);
  const graph = joinClassifiers(
    recipe.id,
    members.map(({ graph: own, spec }, m) => ({
      graph: own,
      prefix: prefixes[m]!,
      label: sources[m]!,
      scales: Object.fromEntries(spec.heads.map((head) => [head.output, 1 / (members.length * head.temperature)])),
    })),
    classesHeads(recipe).map(({ output }) => output),
  );
  return completeModel(
    { ...recipe, network: importNetwork(graph) },
    // The imported network has its weights already
    { history: [], bestEpoch: 0, modelPath: '', weights: new Map(), joined: members.map(({ joined }) => joined) },
    { ...options, seed: members[0]!.joined.training?.seed ?? recipe.seed },
  );
}

interface Member {
  readonly source: string;
  readonly graph: Graph;
  readonly spec: ModelSpec;
  readonly preprocess: PreprocessSpec;
  readonly joined: JoinedModel;
}

async function readMember(source: string): Promise<Member> {
  const { path, cardPath } = await modelFile(source);
  const bytes = await readWhole(path);
  const graph = decodeModelFile(bytes, path);
  const { model: spec, preprocess } = decodeModelMetadata(source, graph.metadata);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const card = (await exists(cardPath)) ? parseModelCard(cardPath, await readText(cardPath)) : undefined;
  // A card of another file says nothing of this one
  if (card?.sha256 !== sha256) return { source, graph, spec, preprocess, joined: { name: spec.name, sha256 } };
  const { seed, epochs, bestEpoch, batchSize, wallSeconds, distillation } = card.training;
  const training = { seed, epochs, bestEpoch, batchSize, wallSeconds, ...(distillation ? { distillation } : {}) };
  return { source, graph, spec, preprocess, joined: { name: spec.name, sha256, training } };
}

/** Whether it takes what the recipe takes, and has its heads. */
function checkMember(recipe: Recipe, { source, spec, preprocess }: Member): void {
  for (const { output, classes } of classesHeads(recipe)) {
    const own = spec.heads.find((head) => head.output === output);
    if (own?.classes.join() !== classes.join())
      throw new InputError(
        source,
        `${own ? `its output ${output} has the classes ${own.classes.join(', ')}` : `has no output ${output}`}, expected ${classes.join(', ')}`,
      );
  }
  const wanted = preprocessOf(recipe);
  for (const key of [...new Set([...Object.keys(wanted), ...Object.keys(preprocess)])] as (keyof PreprocessSpec)[]) {
    if (key === 'classes' || key === 'framing') continue;
    const [own, expected] = [preprocess, wanted].map((spec) => JSON.stringify(spec[key] ?? null));
    if (own !== expected)
      throw new InputError(source, `takes faces of another ${key} than ${recipe.id}: ${own}, expected ${expected}`);
  }
}
