/** Crowd labels without files: votes to ground truth, agreement, reports. Reading votes and true labels in Node: node.ts. */
export * from './agreement/index.ts';
export * from './distribution.ts';
export * from './expressions.ts';
export * from './ground-truth.ts';
export * from './inference.ts';
export * from './partition.ts';
export * from './warnings.ts';
export { ANNOTATOR_KINDS, DEFAULT_MIX, simulateVotes, type AnnotatorKind, type Simulation, type SimulationOptions } from './simulate.ts';
export { COMPOUND_EXPRESSIONS, compoundOf, type CompoundExpression, expressionOfLabel, LABEL_CODES, type LabelCodes, parseLabelCodes } from '../labels/index.ts';
export { FLAG_RULE, workerReports, type WorkerFlag, type WorkerReport } from './worker-report.ts';
export { createVotes, type DuplicatePolicy, type VoteRow, type Votes, type VotesOptions } from './votes.ts';
export { fitsDawidSkene } from './methods/dawid-skene.ts';
export { infer } from './methods/index.ts';
export { manifestRows, splitOfTask, type ManifestOptions, type SplitOptions } from './manifest.ts';
export { VOTES_FORMATS } from './formats/index.ts';
export { renderCrowdReport, type CrowdReport } from './report.ts';
