/**
 * Results of recognition as text, in every format of `mien recognize`, photo by photo: what the command writes and the
 * web application downloads. The columns of the tables are frozen.
 * @module
 */
export * from './result.ts';
export * from './columns.ts';
export * from './csv-row.ts';
export * from './earlier-forms.ts';
export * from './formats.ts';
