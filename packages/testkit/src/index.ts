export * from './allclose.ts';
export * from './crowd-fixtures.ts';
export * from './fer-fixtures.ts';
export * from './golden.ts';
export * from './gradient-check.ts';
export * from './op-cases.ts';
export * from './capture-output.ts';
export * from './tiny-recipe.ts';
