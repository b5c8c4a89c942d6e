/** Data without files: samples, batches, augmentation, and the contract that a model file carries. Reading and writing files: node.ts. */
export * from './augment/index.ts';
export * from './batches.ts';
export { joinCsv, splitCsv } from './csv-fields.ts';
export * from './dataset.ts';
export { distributionTarget, majorityLabel, multiTarget } from './ferplus-targets.ts';
export { formatManifestRow, MANIFEST_SPLITS, type ManifestRow, type ManifestSplit } from './manifest-row.ts';
export * from './model-spec.ts';
export * from './preprocess.ts';
