/**
 * Tables without files: columns by name, fields of a line of CSV, what cells mean. Reading tables and lists in Node:
 * `mienjs/tables/node`.
 * @module
 */
export * from './columns.ts';
export * from './csv-fields.ts';
export type { Column, TableHeader, TableRow } from './read-table.ts';
export * from './values.ts';
