/**
 * Optimisers and learning-rate schedules, as nodes of the step's graph.
 * @module
 */
export * from './optimizer.ts';
export * from './schedule.ts';
