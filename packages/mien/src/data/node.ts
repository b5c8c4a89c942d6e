/**
 * Datasets and databases on disk, and NPY files, in Node: what a browser cannot run.
 * @module
 */
export * from './action-unit-codings.ts';
export * from './audit/index.ts';
export * from './databases/index.ts';
export { readClassNames } from './class-names.ts';
export * from './face-readings.ts';
export * from './image-folder.ts';
export { NpyWriter, readNpy } from '../tables/npy.ts';
export * from './record-dataset.ts';
export * from './framing.ts';
export * from './record-images.ts';
export * from './registry.ts';
