/**
 * Classifiers of feature vectors: linear and RBF support vector machines, discriminants, random forest. They are
 * trained in float64.
 * @module
 */
export * from './fit-classifier.ts';
export * from './forest.ts';
export * from './lda.ts';
export * from './linear-svm.ts';
export * from './rbf-svm.ts';
export * from './trained.ts';
export { SCALINGS, type Scaling, type ScalingKind } from './scaling.ts';
export type { HingeLoss } from './hinge.ts';
export type { PairSolution } from './linear-solver.ts';
export type { Pair } from './one-vs-one.ts';
export type { SmoSolution } from './smo.ts';
export type { Features, Selection, TrainingSet, TuningStep } from './training-set.ts';
export type { Tree } from './tree.ts';
