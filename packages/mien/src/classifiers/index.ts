export * from './forest.ts';
export * from './lda.ts';
export * from './linear-svm.ts';
export * from './rbf-svm.ts';
export * from './trained.ts';
export { SCALINGS, type Scaling, type ScalingKind } from './scaling.ts';
export type { HingeLoss } from './hinge.ts';
export type { Features, Selection, TrainingSet, TuningStep } from './training-set.ts';
export type { Tree } from './tree.ts';
