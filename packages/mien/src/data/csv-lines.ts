/**
 * Lines of a text file as byte ranges, gzipped or not, in constant memory: the text is never held
 * as strings, so that a parser can read numbers straight from the bytes.
 */
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { InputError } from '../errors.ts';
import { openInput, readFailure } from '../files/index.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** Far above any row of the datasets read here; a longer line means a file of another kind. */
const MAX_LINE_BYTES = 1 << 20;

/** Called with bytes[start, end) of line `line` (from 1), without its line ending; the bytes are reused afterwards. */
export type LineHandler = (bytes: Buffer, start: number, end: number, line: number) => void;

/** Whether the stream starts with the gzip magic number; told from its first chunk, as a pipe cannot be opened twice. */
async function isGzip(stream: Readable): Promise<boolean> {
  await once(stream, 'readable');
  const chunk = stream.read() as Buffer | null;
  if (chunk === null) return false;
  stream.unshift(chunk);
  return chunk[0] === 0x1f && chunk[1] === 0x8b;
}

/**
 * Calls `handle` for each line. A byte order mark is skipped; `\r\n` counts as `\n`.
 * @param file a text file or its gzip, told apart by content; a pipe too
 * @param onProgress told after each chunk how many bytes of the file have been read
 * @throws {InputError} when the file cannot be read, the gzip is damaged or cut short, or a line exceeds 1 MiB
 */
export async function forEachLine(file: string, handle: LineHandler, onProgress?: (bytes: number) => void): Promise<void> {
  let line = 0;
  let carry = Buffer.alloc(0);
  const emit = (bytes: Buffer, start: number, end: number): void => {
    line++;
    const from = line === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
    const to = end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    handle(bytes, from, to, line);
  };

  try {
    const raw = openInput(file);
    const stream = await isGzip(raw) ? raw.pipe(createGunzip({ chunkSize: 1 << 20 })) : raw;
    if (stream !== raw) raw.on('error', (error) => stream.destroy(error));
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0;
      let end = chunk.indexOf(NEWLINE);
      if (end >= 0 && carry.length > 0) {
        const joined = Buffer.concat([carry, chunk.subarray(0, end)]);
        emit(joined, 0, joined.length);
        carry = Buffer.alloc(0);
        start = end + 1;
        end = chunk.indexOf(NEWLINE, start);
      }
      for (; end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        emit(chunk, start, end);
        start = end + 1;
      }
      onProgress?.(raw.bytesRead);
      carry = Buffer.concat([carry, chunk.subarray(start)]);
      if (carry.length > MAX_LINE_BYTES) throw new InputError(`${file}:${line + 1}`, 'line longer than 1 MiB: not a table of this kind');
    }
    if (carry.length > 0) emit(carry, 0, carry.length);
  } catch (cause) {
    throw readingError(file, line, cause);
  }
}

function readingError(file: string, line: number, cause: unknown): unknown {
  const code = (cause as { code?: unknown }).code;
  if (typeof code !== 'string') return cause;
  if (code === 'Z_BUF_ERROR') return new InputError(file, `gzip is cut short after line ${line}`, { cause });
  if (code.startsWith('Z_')) return new InputError(file, `gzip is damaged after line ${line}`, { cause });
  return new InputError(file, readFailure(cause, file), { cause });
}
