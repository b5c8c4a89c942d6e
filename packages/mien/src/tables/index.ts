export * from './read-table.ts';
export * from './text-lines.ts';
export * from './columns.ts';
export * from './csv-fields.ts';
export * from './values.ts';
