export * from './audit.ts';
export * from './describe.ts';
export { compareWithLater, type PairSink } from './near-pairs.ts';
export * from './report.ts';
export * from './source.ts';
export type { AuditFigures, CopyFigures, CopyGroup, SplitFigures } from './summary.ts';
