/** Tables and lists from files, in Node: what index.ts leaves out because a browser cannot run it. */
export { emptyTable, inputName, readTable, type ReadTableOptions } from './read-table.ts';
export * from './text-lines.ts';
