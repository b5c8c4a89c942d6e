/** Protocols of the field: declared as data (`protocol.ts`), listed (`list.ts`), carried out (`folds.ts`). */
export * from './describe.ts';
export * from './folds.ts';
export * from './frames.ts';
export { unknownPeople } from './leaks.ts';
export * from './list.ts';
export * from './protocol.ts';
export { type LeftOut, protocolClasses, type SelectedRecords, selectFrames, selectRecords } from './select.ts';
