/**
 * Rotations, similarity transforms and Procrustes analysis of points; head pose from them; triangle meshes.
 * @module
 */
export * from './camera.ts';
export * from './glb.ts';
export * from './kd-tree.ts';
export * from './matrix3.ts';
export * from './normals.ts';
export * from './perspective-n-point.ts';
export * from './pose.ts';
export * from './procrustes.ts';
export * from './rasterize.ts';
export * from './shading.ts';
export * from './subdivision.ts';
export * from './triangle-mesh.ts';
export * from './visibility.ts';
