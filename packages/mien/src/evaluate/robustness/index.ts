export * from './conditions.ts';
export * from './describe.ts';
export * from './measure.ts';
export * from './plot.ts';
export * from './yaw.ts';
