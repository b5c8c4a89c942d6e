export * from './calibration.ts';
export * from './classification.ts';
