/** The expression model that is measured: the default one, or its recipe's network before training. */
import { listModels } from 'mien/predict/node';
import { exportModel } from 'mien/train';
import { readFile } from 'node:fs/promises';
import { RECIPES } from 'mien/recipes';

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
