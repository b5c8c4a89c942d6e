/** Classifiers by kind, for comparisons of features. Shape legend: N samples, D dimensions. */
import {
  fitForest, fitLda, fitLinearSvm, fitRbfSvm, predictClasses, type ClassifierKind, type Selection, type TrainedClassifier, type TrainingSet,
} from '../classifiers/index.ts';
import { tensor } from '../tensor/index.ts';
import type { FitFeatures } from './cross-features.ts';

/** Of LDA with more features than samples, which has no solution without. */
const LDA_SHRINKAGE = 0.1;

/** Trains a classifier with its own defaults; the settings of the machines are chosen for `select` by cross-validation on the samples given. */
export function classifierFit(kind: ClassifierKind, { select, seed }: { readonly select: Selection; readonly seed: number }): FitFeatures {
  return (x, D, y, classCount) => {
    const model = fitKind(kind, { x: tensor('float32', [y.length, D], x), y, classCount }, select, seed);
    return (samples) => predictClasses(model, tensor('float32', [samples.length / D, D], samples));
  };
}

function fitKind(kind: ClassifierKind, set: TrainingSet, select: Selection, seed: number): TrainedClassifier {
  switch (kind) {
    case 'svm':
      return fitLinearSvm(set, { select, seed }).model;
    case 'svm-rbf':
      return fitRbfSvm(set, { select, seed }).model;
    case 'lda':
      return fitLda(set, { shrinkage: set.x.dims[1]! > set.y.length - set.classCount ? LDA_SHRINKAGE : 0 });
    case 'forest':
      return fitForest(set, { seed });
  }
}
