/** Files, pipes and standard input as streams: apart from read.ts, whose types need none of Node's. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { InputError } from '../errors.ts';
import { isStandardInput, nativePath } from './paths.ts';

/**
 * The bytes of a file, a pipe or standard input (`-`) as they come; failures are events of the stream, with the
 * system's error.
 * @throws {InputError} when standard input is a terminal, where nothing would come
 */
export function openInput(path: string, highWaterMark = 1 << 18): Readable & { readonly bytesRead: number } {
  if (!isStandardInput(path)) return createReadStream(nativePath(path), { highWaterMark });
  if (process.stdin.isTTY) throw new InputError('standard input', 'is a terminal, expected data from a file or a pipe');
  return process.stdin;
}
