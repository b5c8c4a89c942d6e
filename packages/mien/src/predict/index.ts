/**
 * Predictions without files: a recognizer or classifier from its parts. Loading the parts in Node:
 * `mienjs/predict/node`.
 * @module
 */
export { ASSETS_LIST, faceFilesOf, readAssetModel, type Assets } from './assets.ts';
export * from './classifier.ts';
export * from './face-generator.ts';
export * from './face-transfer.ts';
export * from './mirror.ts';
export * from './explain-face.ts';
export * from './explain-split.ts';
export { cutFace } from './cut-face.ts';
export * from './face-inputs.ts';
export * from './collect-features.ts';
export * from './recognizer.ts';
export { DEFAULT_MODEL, type RecognizerOptions } from './recognizer-options.ts';
