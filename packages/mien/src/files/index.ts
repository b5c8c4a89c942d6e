/**
 * Files and folders, in Node: the one reader, writer, walker and order of names that every other part uses.
 *
 * To read folders: `new Walker()`, then `walker.files(folder)` for images at any depth, `walker.folders(folder)` folder
 * by folder, `walker.list(folder)` for one level (class folders); at the end `walker.passedOver.describe()` says what
 * was not taken.
 * @module
 */
export * from './expand.ts';
export * from './failure.ts';
export * from './folders.ts';
export * from './lock.ts';
export * from './names.ts';
export type { NodeBytes } from './node-bytes.ts';
export * from './outputs.ts';
export * from './passed-over.ts';
export * from './paths.ts';
export * from './read.ts';
export * from './walk.ts';
export * from './write-whole.ts';
export { escapeControls, excerpt, printable, wellFormed } from '../printable.ts';
