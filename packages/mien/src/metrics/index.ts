export * from './calibration.ts';
export * from './classification.ts';
export * from './correlation.ts';
export * from './coverage.ts';
export * from './spread.ts';
