/**
 * Networks to build: the builder, layers, initial values, import of ONNX files. Losses and the networks of the
 * literature have entries of their own.
 * @module
 */
export * from './network.ts';
export * from './encode.ts';
export * from './init.ts';
export * from './import/import-network.ts';
export * from './layers/activation.ts';
export * from './layers/attention.ts';
export * from './layers/basic.ts';
export * from './layers/batch-norm.ts';
export * from './layers/conv.ts';
export * from './layers/dropout.ts';
export * from './layers/gaussian-noise.ts';
export * from './layers/landmark-descriptors.ts';
export * from './layers/normalize.ts';
export * from './layers/pool.ts';
export type { CellName } from './layers/recurrent-cells.ts';
export * from './layers/recurrent.ts';
export * from './layers/resize.ts';
export * from './layers/spatial-transformer.ts';
export * from './layers/standardize.ts';
export * from './layers/squeeze-excite.ts';
export { l2Normalize, oneHot } from './losses/terms.ts';
