/**
 * ONNX graphs: build with shapes checked, read, write, cut, and evaluate in float64.
 * @module
 */
export * from './ops.ts';
export * from './graph.ts';
export * from './half-weights.ts';
export * from './window.ts';
export * from './infer.ts';
export * from './einsum.ts';
export * from './resize.ts';
export * from './recurrent.ts';
export * from './builder.ts';
export * from './subgraph.ts';
export * from './protobuf.ts';
export type { ExternalData } from './protobuf-tensor.ts';
export * from './evaluate/index.ts';
export * from './expand/recurrent.ts';
