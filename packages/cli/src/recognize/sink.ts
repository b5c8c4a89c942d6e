/** Where results go: stdout, or a file that appears whole or not at all. */
import { WholeFile } from 'mien/files';
import { print } from '../output.ts';

export interface TextSink {
  write(text: string): Promise<void>;
  /** All is written. */
  close(): Promise<void>;
  /** The run failed: leaves nothing behind. */
  abort(): Promise<void>;
}

export const stdoutSink: TextSink = { write: print, close: () => Promise.resolve(), abort: () => Promise.resolve() };

/** @throws {InputError} naming the path, when the file cannot be written; so do the steps of the sink */
export function openFileSink(path: string): Promise<TextSink> {
  return WholeFile.create(path);
}
