/** Finished models as one: a network that holds theirs side by side and answers the mean of their logits. */
import { isDeepStrictEqual } from 'node:util';
import { decodeModelMetadata, type ModelSpec, type PreprocessSpec } from '../data/index.ts';
import { InputError } from '../errors.ts';
import { importNetwork } from '../nn/index.ts';
import { joinClassifiers, type Graph } from '../onnx/index.ts';
import { classesHeads, valuesHeads, type JoinedModel, type Recipe } from '../train/index.ts';
import { completeModel, type CompletedModel, type CompleteOptions } from './complete.ts';
import { readFinishedModel } from './finished-model.ts';

/** Finished classifiers that answer as one. */
export interface JoinedModels {
  /** The faces that all of them take. */
  readonly preprocess: Recipe['preprocess'];
  /**
   * A recipe that says data and heads, on their networks: for `completeJoined`.
   * @throws {InputError} naming the model that lacks a head of the recipe or does not end in a linear layer
   */
  onto(recipe: Recipe): Recipe;
}

/**
 * Finished classifiers as one, z = 1/M Σₘ zₘ/Tₘ with each one's own temperature: one run of one file. That is nearly, and not
 * exactly, the ensemble `mean` (`combineAnswers`), which takes the mean of probabilities. What a member's logits are shifted
 * by is left out, and fitted anew.
 * @param sources names of installed models, or paths of .onnx files with their cards beside them; two or more
 * @throws {InputError} naming the model that is missing, damaged or without a card, or takes other faces than the first
 */
export async function openJoined(sources: readonly string[]): Promise<JoinedModels> {
  const members = await Promise.all(sources.map(readMember));
  const [first, ...others] = members;
  if (!first || others.length === 0) throw new InputError(sources.join(), 'is one model, and two or more are joined');
  for (const member of others) checkSameFaces(first, member);
  const names = new Set<string>();
  const prefixes = members.map(({ spec: { name } }) => {
    let own = name;
    for (let i = 2; names.has(own); i++) own = `${name}-${i}`;
    names.add(own);
    return `${own}.`;
  });
  const { classes: _, ...preprocess } = first.preprocess;
  const onto = (recipe: Recipe): Recipe => {
    if (valuesHeads(recipe).length > 0 || classesHeads(recipe).length === 0)
      throw new InputError(recipe.id, 'has heads that are not of classes: only classifiers are joined');
    for (const member of members) checkHeads(recipe, member);
    const graph = joinClassifiers(
      recipe.id,
      members.map((member, m) => ({
        graph: member.graph,
        prefix: prefixes[m]!,
        label: member.source,
        scales: Object.fromEntries(
          member.spec.heads.map(({ output, temperature }) => [output, 1 / (members.length * temperature)]),
        ),
      })),
      classesHeads(recipe).map(({ output }) => output),
    );
    return { ...recipe, preprocess, network: importNetwork(graph), joined: members.flatMap(({ joined }) => joined) };
  };
  return { preprocess, onto };
}

/**
 * Calibrates, measures and writes a joined model like a trained one.
 * @param recipe as `JoinedModels.onto` makes it   @throws as `completeModel`
 */
export function completeJoined(recipe: Recipe, options: Omit<CompleteOptions, 'teaching'>): Promise<CompletedModel> {
  // The imported network has its weights already
  return completeModel(recipe, { history: [], bestEpoch: 0, modelPath: '', weights: new Map() }, options);
}

interface Member {
  readonly source: string;
  readonly graph: Graph;
  readonly spec: ModelSpec;
  readonly preprocess: PreprocessSpec;
  /** Several, where it is joined itself. */
  readonly joined: readonly JoinedModel[];
}

async function readMember(source: string): Promise<Member> {
  const { graph, sha256, card } = await readFinishedModel(source);
  const { model: spec, preprocess } = decodeModelMetadata(source, graph.metadata);
  if (!card) throw new InputError(source, 'has no card of its own beside it, which says what it learned from');
  const { dataset, trainSplit, trainImages, licence } = card.data;
  const { seed, epochs, bestEpoch, batchSize, wallSeconds, startedFrom, distillation, joined } = card.training;
  const own: JoinedModel = {
    name: spec.name,
    sha256,
    data: { dataset, trainSplit, trainImages, licence },
    training: {
      ...{ seed, epochs, bestEpoch, batchSize, wallSeconds },
      ...(startedFrom ? { startedFrom } : {}),
      ...(distillation ? { distillation } : {}),
    },
  };
  return { source, graph, spec, preprocess, joined: joined ?? [own] };
}

/** Whether both are shown the same of a face. */
function checkSameFaces(first: Member, { source, preprocess }: Member): void {
  const [wanted, own] = [first.preprocess, preprocess] as const;
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(own)])] as (keyof PreprocessSpec)[];
  const other = keys.find((key) => key !== 'classes' && !isDeepStrictEqual(own[key], wanted[key]));
  if (other !== undefined)
    throw new InputError(
      source,
      `takes faces of another ${other} than ${first.source}: ${JSON.stringify(own[other] ?? null)}, expected ${JSON.stringify(wanted[other] ?? null)}`,
    );
}

function checkHeads(recipe: Recipe, { source, spec }: Member): void {
  for (const { output, classes } of classesHeads(recipe)) {
    const own = spec.heads.find((head) => head.output === output);
    if (own?.classes.join() !== classes.join())
      throw new InputError(
        source,
        `${own ? `its output ${output} has the classes ${own.classes.join(', ')}` : `has no output ${output}`}, expected ${classes.join(', ')}`,
      );
  }
}
