/**
 * Losses: functions of tensors of a graph to a scalar. Names end in `Loss`; numbers are options.
 * @module
 */
export * from './adversarial.ts';
export * from './autoencoder.ts';
export * from './binary-cross-entropy.ts';
export * from './center.ts';
export * from './concordance.ts';
export * from './contrastive.ts';
export * from './cross-entropy.ts';
export * from './distillation.ts';
export * from './focal.ts';
export * from './groups.ts';
export * from './ha-gan.ts';
export * from './hinge.ts';
export * from './l2-penalty.ts';
export * from './locality-preserving.ts';
export { bankInputs, bankNeighborMeans, FeatureBank, type BankValues } from './neighbors.ts';
export * from './peak-piloted.ts';
export * from './regression.ts';
export * from './triplet.ts';
export * from './tuplet-clusters.ts';
