/**
 * Finished models measured: accuracy with intervals, calibration, comparisons, ensembles, robustness, protocols,
 * studies across databases. Node only.
 * @module
 */
export * from './action-units.ts';
export * from './answers.ts';
export * from './calibrate.ts';
export * from './compare-models.ts';
export * from './comparison-report.ts';
export * from './complete.ts';
export * from './train-model.ts';
export { valueFigures, valuesFor } from './value-answers.ts';
export * from './cross-classifier.ts';
export * from './cross-database.ts';
export * from './cross-features.ts';
export * from './cross-networks.ts';
export * from './ensemble.ts';
export * from './evaluate.ts';
export * from './feature-folder.ts';
export * from './feature-map.ts';
export * from './fit-classifier.ts';
export * from './mistakes.ts';
export * from './model.ts';
export * from './pictures.ts';
export type { PriorShift } from './prior-shift.ts';
export * from './protocol/index.ts';
export * from './reliability.ts';
export * from './report.ts';
export { type EnsembleMembers, intervalText, pValueText, weightsNote } from './report-sections.ts';
export * from './robustness/index.ts';
export * from './score.ts';
export * from './start-from.ts';
export * from './sweep.ts';
export * from './sweep-report.ts';
export * from './sweep-run.ts';
export * from './teach.ts';
export * from './thumbnails.ts';
export * from './uncertainty.ts';
export * from './write-features.ts';
