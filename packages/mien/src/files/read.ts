/** Files, pipes and standard input to bytes. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { InputError } from '../errors.ts';
import { readFailure } from './failure.ts';
import { isStandardInput, nativePath } from './paths.ts';

export interface ReadOptions {
  /** Names the input in errors; by default the path. */
  readonly label?: string;
  /** Larger files are refused, unread. Default: what Node can hold. */
  readonly maxBytes?: number;
}

/**
 * Reads a file, a pipe, or standard input (`-`) to its end.
 * @throws {InputError} naming it: missing, a folder, a URL, no permission, too large, a terminal
 */
export async function readWhole(
  path: string,
  { label = path, maxBytes = Infinity }: ReadOptions = {},
): Promise<Buffer> {
  try {
    const status = isStandardInput(path) ? undefined : await stat(nativePath(path));
    if (status?.isDirectory()) throw new InputError(label, 'is a folder, expected a file');
    if (!status?.isFile()) return await readStream(openInput(path), label, maxBytes);
    if (status.size > maxBytes) throw tooLarge(label, maxBytes);
    return await readFile(nativePath(path));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(label, readFailure(cause, path), { cause });
  }
}

/** @returns the text of a file in UTF-8, without its byte order mark   @throws {InputError} as `readWhole` */
export async function readText(path: string, options: ReadOptions = {}): Promise<string> {
  return (await readWhole(path, options)).toString('utf8').replace(/^\uFEFF/, '');
}

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

async function readStream(stream: Readable, label: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(label, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (label: string, maxBytes: number): InputError =>
  new InputError(label, `is larger than ${Math.round(maxBytes / 2 ** 20)} MiB, the limit for a file of this kind`);
