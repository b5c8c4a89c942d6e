/** Mien: facial expression recognition, end to end. */
export * from './errors.ts';
export * from './tensor/index.ts';
