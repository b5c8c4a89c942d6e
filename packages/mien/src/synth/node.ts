/**
 * Datasets of rendered faces, as files: images in FERG's layout, and beside them all that is known of each face.
 * @module
 */
export * from './write-dataset.ts';
