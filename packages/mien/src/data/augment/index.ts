export * from './augment.ts';
export * from './crop-grid.ts';
export * from './spec.ts';
