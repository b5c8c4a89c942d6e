/**
 * Expressions, compound expressions, and the label codes of databases: the only source of class orders.
 * @module
 */
export * from './codes.ts';
export * from './compound.ts';
export * from './expressions.ts';
export * from './order.ts';
export * from './wild-codes.ts';
