/** What a recipe runs for each batch: one step on its network, or the steps of its program. */
import type { Partners, Samples } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { inputShape, inputSizes } from '../nn/index.ts';
import type { FeatureBank } from '../nn/losses/index.ts';
import { type HeadTargets, lossDataOf } from './feeds.ts';
import type { Recipe } from './recipe.ts';
import { defineStep } from './step.ts';
import type { StepDefinition } from './step-graph.ts';
import { distilledLoss, teacherTargets, type Teaching } from './teaching.ts';

export interface RecipeSteps {
  readonly steps: Readonly<Record<string, StepDefinition>>;
  readonly names: readonly string[];
  /**
   * Names of the steps that each batch of an epoch (from 0), of so many in all, runs. @throws {MienError} when there is no
   * such step
   */
  round(epoch: number, epochs: number): readonly string[];
  readonly lrScale: Readonly<Record<string, number>>;
}

export interface StepsContext {
  /** That are trained on. */
  readonly samples: Samples;
  readonly targets: HeadTargets;
  readonly bank: FeatureBank | undefined;
  readonly teaching: Teaching | undefined;
  readonly partners: Partners | undefined;
}

export function stepsOf(recipe: Recipe, context: StepsContext): RecipeSteps {
  return recipe.program ? programSteps(recipe, recipe.program, context) : oneStep(recipe, context);
}

function oneStep(recipe: Recipe, { samples, targets, bank, teaching }: StepsContext): RecipeSteps {
  const data = lossDataOf(recipe, samples);
  const loss = recipe.loss!;
  const taught = teaching ? distilledLoss(loss, teaching) : loss;
  const step = defineStep({
    network: recipe.network,
    batchSize: recipe.batchSize,
    targets: { ...targets.sizes, ...(teaching ? teacherTargets(teaching, recipe.heads) : {}) },
    loss: (b, outputs, values, kept) => taught(b, outputs, values, kept, data),
    optimizer: recipe.optimizer,
    ...(bank && recipe.bank ? { bank: { output: recipe.bank.output, rows: samples.count, width: bank.width } } : {}),
    ...updateOf(recipe),
  });
  return { steps: { train: step }, names: ['train'], round: () => ['train'], lrScale: {} };
}

function programSteps(
  recipe: Recipe,
  program: NonNullable<Recipe['program']>,
  { samples, targets, partners }: StepsContext,
): RecipeSteps {
  const { id, batchSize, network } = recipe;
  const feeds: Record<string, readonly number[]> = {
    ...Object.fromEntries(
      Object.entries(inputSizes(network)).map(([name, size]) => [name, inputShape(batchSize, size)]),
    ),
    ...Object.fromEntries(
      Object.entries(targets.sizes).map(([name, dims]) => [`target.${name}`, [batchSize, ...dims]]),
    ),
    ...partners?.shapes(batchSize),
  };
  const data = lossDataOf(recipe, samples);
  const steps = program.steps({ batchSize, feeds, data, ...(partners ? { partners } : {}) });
  const names = Object.keys(steps);
  for (const [name, { inputs }] of Object.entries(steps)) {
    const stray = Object.keys(inputs).find((input) => inputs[input]!.join() !== feeds[input]?.join());
    if (stray !== undefined)
      throw new MienError(
        `${id}: step ${name} takes "${stray}" [${inputs[stray]!.join(',')}], but a batch has ${Object.entries(feeds)
          .map(([feed, dims]) => `${feed} [${dims.join(',')}]`)
          .join(', ')}`,
      );
  }
  return {
    steps,
    names,
    lrScale: program.lrScale ?? {},
    round(epoch, epochs) {
      const round = program.round(epoch, epochs);
      const unknown = round.find((name) => !names.includes(name));
      if (round.length === 0 || unknown !== undefined)
        throw new MienError(
          `${id}: the round of epoch ${epoch + 1} is [${round.join(', ')}], expected some of the steps ${names.join(', ')}`,
        );
      return round;
    },
  };
}

const updateOf = ({
  groups,
  clipNorm,
  emaDecay,
}: Recipe): Pick<StepDefinition, 'groups' | 'clipNorm' | 'emaDecay'> => ({
  ...(groups ? { groups } : {}),
  ...(clipNorm === undefined ? {} : { clipNorm }),
  ...(emaDecay === undefined ? {} : { emaDecay }),
});
