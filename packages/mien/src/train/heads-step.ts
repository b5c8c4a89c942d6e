/** The step of a program that trains a network by its heads, as a recipe without a program does. */
import type { Network } from '../nn/index.ts';
import type { Head } from './heads.ts';
import { headsLoss } from './heads-loss.ts';
import type { ProgramContext } from './recipe.ts';
import { defineStep } from './step.ts';
import { lossParts, type StepDefinition, type UpdateSpec } from './step-graph.ts';

/** @param heads of classes that every sample has   @param update how its parameters are updated */
export function headsStep(
  network: Network,
  heads: readonly Head[],
  { batchSize, feeds, data }: ProgramContext,
  update: UpdateSpec,
): StepDefinition {
  const loss = headsLoss(heads);
  return defineStep({
    ...update,
    network,
    batchSize,
    targets: Object.fromEntries(heads.map(({ output }) => [output, feeds[`target.${output}`]!.slice(1)])),
    loss: (b, outputs, targets) => lossParts(loss(b, outputs, targets, undefined, data), heads[0]!.output),
  });
}
