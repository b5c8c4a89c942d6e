/** The expression model that is measured: the default one, or its recipe's network before training. */
import { listModels } from 'mienjs/predict/node';
import { exportModel } from 'mienjs/train';
import { readFile } from 'node:fs/promises';
import { RECIPES } from 'mienjs/recipes';

export interface ExpressionModel {
  readonly bytes: Uint8Array;
  /** `default`, or `default (untrained)`: speed does not depend on the weights. */
  readonly name: string;
}

export async function loadExpressionModel(): Promise<ExpressionModel> {
  const trained = (await listModels()).find(({ name }) => name === 'default');
  if (trained) return { bytes: await readFile(trained.path), name: 'default' };
  const recipe = RECIPES.find(({ id }) => id === 'default')!;
  return { bytes: exportModel(recipe, new Map()), name: 'default (untrained)' };
}
