/**
 * The evaluation protocols of the field: declared as data, listed, and carried out on a database's records as folds.
 * @module
 */
export * from './describe.ts';
export * from './folds.ts';
export * from './frames.ts';
export { unknownPeople } from './leaks.ts';
export * from './list.ts';
export * from './protocol.ts';
export * from './published.ts';
export { type LeftOut, protocolClasses, type SelectedRecords, selectFrames, selectRecords } from './select.ts';
