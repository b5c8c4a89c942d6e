/**
 * The JSON of the HTTP API as zod schemas, once: routes check requests and answers with them, the OpenAPI document is
 * made from them, and a page takes its types from them. Nothing here needs Node.
 * @module
 */
export * from './access.ts';
export * from './annotation.ts';
export * from './annotation-presets.ts';
export * from './common.ts';
export * from './jobs.ts';
export * from './models.ts';
export * from './runs.ts';
