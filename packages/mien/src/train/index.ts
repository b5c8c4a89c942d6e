export * from './recipe.ts';
export * from './step-graph.ts';
export * from './program.ts';
export * from './step.ts';
export * from './checkpoint.ts';
export * from './export.ts';
export * from './fit.ts';
export * from './card.ts';
