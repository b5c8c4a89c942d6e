export * from './codes.ts';
export * from './compound.ts';
export * from './expressions.ts';
export * from './wild-codes.ts';
