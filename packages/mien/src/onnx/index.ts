export * from './ops.ts';
export * from './graph.ts';
