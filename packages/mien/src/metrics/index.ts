/**
 * Figures of classifications: accuracy, confusion, agreement, calibration, correlation, bootstrap intervals, McNemar's
 * test.
 * @module
 */
export * from './bootstrap.ts';
export * from './calibration.ts';
export * from './classification.ts';
export * from './correlation.ts';
export * from './coverage.ts';
export * from './frechet.ts';
export * from './mcnemar.ts';
export * from './reliability.ts';
export * from './spread.ts';
export * from './values.ts';
