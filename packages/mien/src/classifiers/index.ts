export * from './linear-svm.ts';
export { SCALINGS, type Scaling, type ScalingKind } from './scaling.ts';
export type { HingeLoss } from './hinge.ts';
export type { Features, Selection, TrainingSet, TuningStep } from './training-set.ts';
