/**
 * Training: recipes, step graphs, programs of steps, `fit` with checkpoints and exact resume, export, model cards.
 * Node only, but for `mienjs/train/step`.
 * @module
 */
export * from './recipe.ts';
export * from './heads.ts';
export * from './heads-loss.ts';
export * from './heads-step.ts';
export { type LossData, maskName } from './feeds.ts';
export * from './surface-figures.ts';
export * from './value-figures.ts';
export * from './step-graph.ts';
export * from './program.ts';
export * from './step.ts';
export * from './checkpoint.ts';
export * from './export.ts';
export * from './fit.ts';
export { exportGenerator } from './generator-files.ts';
export type { LargeGradient, LargeUpdate } from './large-updates.ts';
export type { MixupSpec } from './mixup.ts';
export * from './contrastive-step.ts';
export * from './phases.ts';
export * from './initial-weights.ts';
export * from './card.ts';
export type { JoinedModel, Stage } from './card-parts.ts';
export * from './card-markdown.ts';
export * from './based-on.ts';
export * from './image-recipe.ts';
export { withNormalization } from './with-preprocess.ts';
export * from './sweep.ts';
export * from './teaching.ts';
