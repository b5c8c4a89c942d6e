/** The types of truth inference: what a method gives, and what it takes. */
export type { Inference, InferenceOf, MethodName, MethodOptions } from './methods/index.ts';
export type { Candidate, InferenceBase, MethodChoice, SmoothingOptions, StoppingOptions } from './methods/base.ts';
