/**
 * Recognizers, models, features and assets from files, in Node: what a browser cannot run.
 * @module
 */
export * from './create-face-transfer.ts';
export * from './create-recognizer.ts';
export * from './face-finder.ts';
export * from './feature-extractor.ts';
export * from './feature-folder.ts';
export * from './feature-source.ts';
export * from './folder-assets.ts';
export { findModel, listModels, loadClassifier, modelFile, readModelBytes, type ModelFile } from './model-files.ts';
export * from './write-features.ts';
