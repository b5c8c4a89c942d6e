export * from './augment/index.ts';
export * from './batches.ts';
export * from './dataset.ts';
export { loadFer2013Csv } from './fer2013.ts';
export { type FerPlusSplit, loadFerPlus } from './ferplus.ts';
export { distributionTarget, majorityLabel, multiTarget } from './ferplus-targets.ts';
export * from './model-spec.ts';
export * from './preprocess.ts';
export * from './registry.ts';
