/**
 * Models and recipes under the protocols of the field, which `mienjs/data/protocols` declares. Node only.
 * @module
 */
export * from './classify-protocol.ts';
export * from './evaluate-protocol.ts';
export * from './figures.ts';
export * from './format.ts';
export { scoreFold } from './score-fold.ts';
export * from './train-protocol.ts';
