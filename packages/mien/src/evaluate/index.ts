/**
 * Finished models measured: accuracy with intervals, calibration, comparisons, ensembles, robustness; training brought to
 * its end, a calibrated model with its card. Node only.
 * @module
 */
export * from './answers.ts';
export * from './calibrate.ts';
export * from './compare-models.ts';
export * from './comparison-report.ts';
export * from './complete.ts';
export * from './train-model.ts';
export * from './transfer.ts';
export { valueFigures, valuesFor } from './value-answers.ts';
export * from './ensemble.ts';
export * from './evaluate.ts';
export * from './measure-surfaces.ts';
export * from './join-models.ts';
export * from './mistakes.ts';
export * from './model.ts';
export * from './pictures.ts';
export type { PriorShift } from './prior-shift.ts';
export * from './report.ts';
export { type EnsembleMembers, intervalText, pValueText, weightsNote } from './report-sections.ts';
export * from './robustness/index.ts';
export * from './score.ts';
export * from './start-from.ts';
export * from './teach.ts';
export * from './thumbnails.ts';
export * from './uncertainty.ts';
