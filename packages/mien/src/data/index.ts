/**
 * Data without files: samples, batches, augmentation, and the contract that a model file carries. Reading and writing
 * files: `mienjs/data/node`.
 * @module
 */
export * from './augment/index.ts';
export * from './batches.ts';
export * from './choose-classes.ts';
export * from './load-samples.ts';
export * from './clips.ts';
export * from './dataset.ts';
export { HELD_OUT, type HoldOutOptions, type TrainingData, trainingData, type TrainingSplits } from './hold-out.ts';
export * from './image-input.ts';
export { formatManifestRow, MANIFEST_SPLITS, type ManifestRow, type ManifestSplit } from './manifest-row.ts';
export type { MeshNeeds } from './mesh-needs.ts';
export * from './model-inputs.ts';
export * from './model-spec.ts';
export * from './generator-spec.ts';
export * from './normalize-images.ts';
export * from './partners.ts';
export * from './preprocess.ts';
export * from './samplers.ts';
export * from './targets.ts';
export { MESH_NAMES } from './record-targets.ts';
export {
  findSplit,
  inOrderOfRoles,
  requireLabels,
  roleOfSplit,
  SPLIT_ROLES,
  type SplitRole,
  splitsBefore,
  testSplit,
  trainSplit,
} from './splits.ts';
