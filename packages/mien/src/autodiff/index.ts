export * from './gradients.ts';
export type { GradientContext, GradientEntry, GradientRule } from './rule.ts';
export { GRADIENTS } from './rules/index.ts';
export { lowerConvolutions } from './lowering/conv-patches.ts';
