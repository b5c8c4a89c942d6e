/**
 * Images without files: everything here runs in Node and in the browser alike. Decoding in Node:
 * `mienjs/image/node`.
 * @module
 */
export * from './affine.ts';
export * from './annotate.ts';
export * from './color-map.ts';
export * from './color.ts';
export * from './crop.ts';
export * from './degrade/index.ts';
export * from './draw.ts';
export * from './heatmap.ts';
export * from './normalize/index.ts';
export * from './perceptual-hash.ts';
export * from './raw-image.ts';
export * from './resize.ts';
export * from './sharpness.ts';
export type { BlobLike, Drawable, ImageSource, UrlLike } from './source.ts';
export * from './warp.ts';
