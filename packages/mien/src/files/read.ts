/** Files, pipes and standard input to bytes. */
import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { InputError } from '../errors.ts';
import { readFailure } from './failure.ts';
import type { NodeBytes } from './node-bytes.ts';
import { openInput } from './open-input.ts';
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
): Promise<NodeBytes> {
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

async function readStream(stream: Readable, label: string, maxBytes: number): Promise<NodeBytes> {
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
