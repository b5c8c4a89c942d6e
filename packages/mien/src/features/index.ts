/**
 * Hand-crafted features of aligned faces: what Li & Deng 2019 compares with networks. SIFT descriptors at landmarks are
 * not among them: no maintained library for them was found on npm.
 * @module
 */
import { GABOR } from './gabor.ts';
import { HOG } from './hog.ts';
import type { ImageFeature } from './image-feature.ts';
import { LBP } from './lbp.ts';

/** All features from pixels; `SHAPE` works on landmarks. */
export const FEATURES: readonly ImageFeature[] = [LBP, HOG, GABOR];

export { lbpCodes } from '../image/lbp-codes.ts';
export { codeColors } from './code-colors.ts';
export { codeDistances, type CodeTopology } from './code-distance.ts';
export * from './gabor.ts';
export * from './gabor-kernels.ts';
export * from './hog.ts';
export * from './image-feature.ts';
export * from './lbp.ts';
export * from './shape.ts';
