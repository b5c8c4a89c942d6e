/** Classifiers by kind, for comparisons of features. Shape legend: N samples, D dimensions. */
import { predictClasses, type ClassifierKind, type Selection } from '../classifiers/index.ts';
import { tensor } from '../tensor/index.ts';
import type { FitFeatures } from './cross-features.ts';
import { fitClassifier } from '../classifiers/fit-classifier.ts';

/**
 * Trains a classifier with its own defaults; SVM hyperparameters are tuned for `select` by cross-validation
 * on the samples given.
 */
export function classifierFit(
  kind: ClassifierKind,
  { select, seed }: { readonly select: Selection; readonly seed: number },
): FitFeatures {
  return (x, D, y, classCount) => {
    const { model } = fitClassifier(kind, { x: tensor('float32', [y.length, D], x), y, classCount }, { select, seed });
    return (samples) => predictClasses(model, tensor('float32', [samples.length / D, D], samples));
  };
}
