/**
 * The server of Mien: the web page, the HTTP API, batches, accounts. The command `mien serve` runs it.
 * @module
 */
export { runServer, type RunningServer } from './start.ts';
export type { Limits, ServerSettings } from './settings.ts';
