/**
 * Tables and lists from files, in Node: what a browser cannot run.
 * @module
 */
export { emptyTable, inputName, readTable, type ReadTableOptions } from './read-table.ts';
export * from './text-lines.ts';
