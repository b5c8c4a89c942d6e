/**
 * Tensors in row-major order, and random numbers as a pure function of seed, stream and counter.
 * @module
 */
export * from './tensor.ts';
export * from './random.ts';
