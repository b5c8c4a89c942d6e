/**
 * Reverse-mode differentiation of ONNX graphs: gradients are appended as further nodes, standard ops only.
 * @module
 */
export * from './gradients.ts';
export type { GradientContext, GradientEntry, GradientRule } from './rule.ts';
export { GRADIENTS } from './rules/index.ts';
export { lowerConvolutions } from './lowering/conv-patches.ts';
export { CONVOLUTION_FORMS } from './rules/conv.ts';
export { convGeometry, type ConvGeometry } from './conv-geometry.ts';
