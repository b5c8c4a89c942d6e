/** A recipe and its data become a model with a card: the whole of training, in one call. */
import { checkStreamed } from '../data/checked-images.ts';
import { fit, type FitOptions, type FitResult, type Recipe } from '../train/index.ts';
import { completeModel, type CompletedModel, type CompleteOptions, measuredSplits } from './complete.ts';

export interface TrainModelOptions
  extends FitOptions, Omit<CompleteOptions, keyof FitOptions | 'seed'>, Pick<CompleteOptions, 'onProgress'> {}

export interface TrainedModel extends CompletedModel {
  /** The history, and the epoch that was chosen. */
  readonly fitted: FitResult;
}

/**
 * Trains a recipe (`fit`), then calibrates, measures and writes the model and its card (`completeModel`), in `out`. The
 * sessions of the runtime are released however it ends.
 * @throws {MienError} and {InputError} as these two; before the first epoch where an image that the model would be
 *   measured on cannot be read   @throws the signal's reason, when it is aborted: the last checkpoint stays, and `resume`
 *   goes on from it
 */
export async function trainModel(recipe: Recipe, options: TrainModelOptions): Promise<TrainedModel> {
  await checkMeasured(recipe, options);
  const fitted = await fit(recipe, options);
  options.signal?.throwIfAborted();
  const completed = await completeModel(recipe, fitted, { ...options, seed: options.seed ?? recipe.seed });
  return { ...completed, fitted };
}

/** Opens what the model will be measured on: what cannot be read there stops a training at its start, and not after hours. */
async function checkMeasured(recipe: Recipe, options: TrainModelOptions): Promise<void> {
  const { dataset, alsoEvaluate = [], signal, onProgress } = options;
  for (const data of [dataset, ...alsoEvaluate]) {
    for (const split of measuredSplits(recipe, data)) {
      const samples = await data.loadSplit(split, 'evaluate');
      await checkStreamed([samples], (done, total) => {
        signal?.throwIfAborted();
        onProgress?.('checking images', done, total);
      });
    }
  }
}
