/**
 * Rotations, similarity transforms and Procrustes analysis of points; head pose from them.
 * @module
 */
export * from './matrix3.ts';
export * from './pose.ts';
export * from './procrustes.ts';
