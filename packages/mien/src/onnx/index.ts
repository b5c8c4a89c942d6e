export * from './ops.ts';
export * from './graph.ts';
export * from './window.ts';
export * from './infer.ts';
export * from './builder.ts';
export * from './protobuf.ts';
export type { ExternalData } from './protobuf-tensor.ts';
export * from './evaluate/index.ts';
