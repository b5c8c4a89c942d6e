export * from './calibrate.ts';
export * from './complete.ts';
export * from './evaluate.ts';
export * from './model.ts';
export * from './protocol/index.ts';
export * from './reliability.ts';
export * from './report.ts';
export * from './score.ts';
