/** One classifier out of several, fitted to features with its settings chosen or given, and named with them. */
import { fitForest } from './forest.ts';
import { fitLda } from './lda.ts';
import { fitLinearSvm } from './linear-svm.ts';
import { fitRbfSvm } from './rbf-svm.ts';
import type { ScalingKind } from './scaling.ts';
import type { ClassifierKind, TrainedClassifier } from './trained.ts';
import type { Selection, TrainingSet } from './training-set.ts';

export interface ClassifierOptions {
  /** The metric that hyperparameters are tuned for; default `mean-accuracy`, as Li & Deng 2019. */
  readonly select?: Selection;
  /** Default: each classifier's own. Forests have none. */
  readonly scaling?: ScalingKind;
  /** Folds of the cross-validation; default 5. */
  readonly folds?: number;
  readonly seed?: number;
  /** Called with what was tried, and how well it did. */
  readonly onProgress?: (line: string) => void;
}

export interface FittedClassifier {
  readonly model: TrainedClassifier;
  /** Its kind and settings, such as `svm (C = 0.01)`. */
  readonly name: string;
  /** Settings tried by cross-validation; empty where there is none to choose. */
  readonly tuning: readonly { readonly setting: Readonly<Record<string, number>>; readonly score: number }[];
}

/** γ where discriminants would have no inverse without: more features than samples. */
const SHRINKAGE_OF_MANY = 0.1;

/** @throws as the function that fits this kind */
export function fitClassifier(
  kind: ClassifierKind,
  set: TrainingSet,
  { select, scaling, folds, seed, onProgress }: ClassifierOptions = {},
): FittedClassifier {
  const common = {
    ...(select ? { select } : {}),
    ...(scaling ? { scaling } : {}),
    ...(folds === undefined ? {} : { folds }),
    ...(seed === undefined ? {} : { seed }),
  };
  const tell = (setting: Readonly<Record<string, number>>, score: number): void =>
    onProgress?.(`${describe(setting)}: ${(100 * score).toFixed(2)} %`);
  switch (kind) {
    case 'svm': {
      const { model, tuning } = fitLinearSvm(set, {
        ...common,
        onProgress: ({ setting: C, score }) => tell({ C }, score),
      });
      return {
        model,
        name: `svm (${describe({ C: model.C })})`,
        tuning: tuning.map(({ setting: C, score }) => ({ setting: { C }, score })),
      };
    }
    case 'svm-rbf': {
      const { model, tuning } = fitRbfSvm(set, {
        ...common,
        onProgress: ({ setting, score }) => tell({ ...setting }, score),
      });
      return {
        model,
        name: `svm-rbf (${describe({ C: model.C, gamma: model.gamma })})`,
        tuning: tuning.map(({ setting, score }) => ({ setting: { ...setting }, score })),
      };
    }
    case 'lda': {
      const samples = set.y.filter((label) => label >= 0).length;
      const model = fitLda(set, {
        ...common,
        shrinkage: set.x.dims[1]! > samples - set.classCount ? SHRINKAGE_OF_MANY : 0,
      });
      return { model, name: `lda (${describe({ shrinkage: model.shrinkage })})`, tuning: [] };
    }
    case 'forest': {
      const model = fitForest(set, seed === undefined ? {} : { seed });
      return { model, name: `forest (${describe({ trees: model.trees.length })})`, tuning: [] };
    }
  }
}

const describe = (setting: Readonly<Record<string, number>>): string =>
  Object.entries(setting)
    .map(([name, value]) => `${name} = ${Number(value.toPrecision(4))}`)
    .join(', ');
