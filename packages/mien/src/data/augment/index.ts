export * from './augment.ts';
export * from './spec.ts';
