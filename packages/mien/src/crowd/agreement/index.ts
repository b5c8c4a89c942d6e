export * from './agreement.ts';
export { cohenKappa, type Kappa } from './cohen.ts';
export type { Estimate, ResampleOptions } from './estimate.ts';
