/**
 * Studies over several databases, settings or features: across databases, sweeps, maps of features, action units by
 * expression. Node only.
 * @module
 */
export * from './action-units.ts';
export * from './cross-classifier.ts';
export * from './cross-database.ts';
export * from './cross-features.ts';
export * from './cross-networks.ts';
export * from './feature-map.ts';
export * from './sweep.ts';
export * from './sweep-report.ts';
export * from './sweep-run.ts';
