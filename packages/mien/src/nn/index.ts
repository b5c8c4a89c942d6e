export * from './network.ts';
export * from './init.ts';
export * from './layers/basic.ts';
export * from './layers/regularize.ts';
export * from './layers/spatial-transformer.ts';
export * from './losses/cross-entropy.ts';
export * from './models/compact.ts';
export * from './models/deep-emotion.ts';
