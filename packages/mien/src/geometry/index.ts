export * from './matrix3.ts';
export * from './procrustes.ts';
