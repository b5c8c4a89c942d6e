/**
 * Crowd labels without files: votes to ground truth, agreement, reports. Reading votes and true labels in Node:
 * `mienjs/crowd/node`.
 * @module
 */
export * from './agreement/index.ts';
export * from './adaptive.ts';
export * from './adaptive-replay.ts';
export * from './distribution.ts';
export * from './expressions.ts';
export * from './ground-truth.ts';
export * from './inference.ts';
export * from './partition.ts';
export * from './warnings.ts';
export {
  ANNOTATOR_KINDS,
  DEFAULT_MIX,
  simulateVotes,
  type AnnotatorKind,
  type Simulation,
  type SimulationOptions,
} from './simulate.ts';
export { FLAG_RULE, workerReports, type WorkerFlag, type WorkerReport } from './worker-report.ts';
export { createVotes, type DuplicatePolicy, type VoteRow, type Votes, type VotesOptions } from './votes.ts';
export { infer, METHOD_NAMES, methodOf, methodTakes, type MethodInfo } from './methods/index.ts';
export type { Setting } from './methods/definition.ts';
export type { SharedErrors } from './methods/skill-ladder.ts';
export type { ConfusionInference, DawidSkeneInference, DawidSkeneOptions } from './methods/dawid-skene.ts';
export type { GladInference } from './methods/glad.ts';
export type { HierarchicalInference, HierarchicalOptions } from './methods/hierarchical.ts';
export type { MaceInference } from './methods/mace.ts';
export type { MajorityInference } from './methods/majority-vote.ts';
export type { OneCoinInference } from './methods/one-coin.ts';
export type { RafInference, RafOptions } from './methods/raf.ts';
export { manifestRows, splitOfTask, type ManifestOptions, type SplitOptions } from './manifest.ts';
export { VOTES_FORMATS } from './formats/index.ts';
export { renderCrowdReport, type CrowdReport } from './report.ts';
