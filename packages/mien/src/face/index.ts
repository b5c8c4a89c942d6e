/**
 * Faces without files: detection, mesh, landmarks, alignment. Loading the networks in Node:
 * `mienjs/face/node`.
 * @module
 */
export * from './align.ts';
export * from './align-points.ts';
export * from './anchors.ts';
export * from './canonical-face.ts';
export * from './evidence.ts';
export * from './fer2013-template.ts';
export * from './face-tracker.ts';
export * from './find-faces.ts';
export * from './five-point-pose.ts';
export {
  parseCascade,
  type Cascade,
  type CascadeStage,
  type HaarFeature,
  type WeakClassifier,
} from './haar/cascade.ts';
export { HaarDetector, type HaarOptions } from './haar/haar-detector.ts';
export type { BoxGroup } from './haar/group-boxes.ts';
export * from './head-pose.ts';
export * from './landmark-sets.ts';
export * from './landmarks.ts';
export * from './measure-template.ts';
export * from './mesher.ts';
export * from './networks.ts';
export * from './photo-detector.ts';
export * from './quality.ts';
export * from './read-faces.ts';
export * from './reconstruct/index.ts';
export * from './roi.ts';
export * from './ssd.ts';
export * from './suppression.ts';
export * from './types.ts';
export * from './whole-image-detector.ts';
