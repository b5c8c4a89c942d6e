export * from './matrix3.ts';
export * from './pose.ts';
export * from './procrustes.ts';
