/**
 * Which parts of an image a classification rests on, by occlusion.
 * @module
 */
export * from './occlusion.ts';
