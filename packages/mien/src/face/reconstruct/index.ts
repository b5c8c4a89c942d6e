export * from './face-surface.ts';
export * from './frontal-views.ts';
export * from './frontalize.ts';
export * from './mesh-reconstructor.ts';
export * from './position-map-reconstructor.ts';
export * from './recenter.ts';
export * from './recenter-faces.ts';
export * from './reconstructor.ts';
