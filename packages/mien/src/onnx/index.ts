/**
 * ONNX graphs: build with shapes checked, read, write, cut, and evaluate in float64.
 * @module
 */
export * from './ops.ts';
export * from './graph.ts';
export * from './half-weights.ts';
export * from './shared/window.ts';
export * from './infer.ts';
export * from './shared/einsum.ts';
export * from './shared/resize.ts';
export * from './shared/recurrent.ts';
export * from './builder.ts';
export * from './subgraph.ts';
export * from './join.ts';
export * from './protobuf.ts';
export type { ExternalData } from './protobuf-tensor.ts';
export * from './reference/index.ts';
export * from './expand/recurrent.ts';
