/**
 * A text file as chunks of UTF-8 in constant memory: plain or gzipped, a file, a pipe or standard input. UTF-16 with a
 * byte order mark is converted; anything else than UTF-8 is an error that says so, instead of letters that silently
 * become others.
 */
import { isUtf8 } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../errors.ts';
import { errorCode, readFailure, STANDARD_STREAM } from '../files/index.ts';
import { openInput } from '../files/open-input.ts';
import { isUtf32, notTextReason } from './not-text.ts';

export interface ChunkOptions {
  /** The number of the line that the next chunk begins in, for errors. */
  readonly currentLine: () => number;
  /** Called after each chunk of a file with the bytes of it that have been read. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * The text without its byte order mark. Chunks end at whole characters, and belong to the caller.
 * @param path of a file, or `-` for standard input
 * @throws {InputError} naming the file, and the line where there is one: unreadable, damaged gzip, not text, another
 *   encoding
 */
export async function* utf8Chunks(path: string, options: ChunkOptions): AsyncGenerator<Buffer> {
  const file = path === STANDARD_STREAM ? 'standard input' : path;
  const raw: Readable & { readonly bytesRead?: number } = openInput(path);
  try {
    let decode: ((chunk: Buffer, last: boolean) => Buffer) | undefined;
    for await (const chunk of firstBytesTogether(await inflated(raw), 4)) {
      decode ??= decoderFor(file, chunk, options);
      yield decode(chunk, false);
      if (raw.bytesRead !== undefined) options.onProgress?.(raw.bytesRead);
    }
    const rest = decode?.(Buffer.alloc(0), true);
    if (rest && rest.length > 0) yield rest;
  } catch (cause) {
    throw readingError(file, options.currentLine(), cause);
  } finally {
    raw.destroy();
  }
}

/** The stream itself, or what its gzip holds; told from its first bytes, as a pipe cannot be opened twice. */
async function inflated(raw: Readable): Promise<AsyncIterable<Buffer>> {
  const chunks = (raw as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const first = await chunks.next();
  const whole: AsyncIterable<Buffer> = (async function* () {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  if (first.done || first.value[0] !== 0x1f || first.value[1] !== 0x8b) return whole;
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  pipeline(Readable.from(whole, { objectMode: false }), gunzip, () => {
    /* an error reaches the reader through gunzip itself */
  });
  return gunzip as AsyncIterable<Buffer>;
}

/** The same chunks, the first one of at least `least` bytes if there are as many. */
async function* firstBytesTogether(chunks: AsyncIterable<Buffer>, least: number): AsyncGenerator<Buffer> {
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (first === undefined) yield chunk;
    else if (first.length + chunk.length < least) first = Buffer.concat([first, chunk]);
    else {
      yield first.length > 0 ? Buffer.concat([first, chunk]) : chunk;
      first = undefined;
    }
  }
  if (first !== undefined && first.length > 0) yield first;
}

/** A converter to UTF-8 for the encoding that the first bytes tell. @throws {InputError} where they are not text */
function decoderFor(file: string, head: Buffer, options: ChunkOptions): (chunk: Buffer, last: boolean) => Buffer {
  const mark = isUtf32(head) ? undefined : head.toString('hex', 0, 2);
  const utf16 = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : undefined;
  if (utf16 === undefined) {
    const reason = notTextReason(head);
    if (reason !== undefined) throw new InputError(file, reason);
    return utf8Checker(file, options);
  }
  const decoder = new TextDecoder(utf16, { fatal: true });
  return (chunk, last) => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: !last }), 'utf8');
    } catch (cause) {
      throw new InputError(`${file}:${options.currentLine()}`, 'the text is not valid UTF-16: save the file as UTF-8', {
        cause,
      });
    }
  };
}

function utf8Checker(file: string, { currentLine }: ChunkOptions): (chunk: Buffer, last: boolean) => Buffer {
  let carried = Buffer.alloc(0);
  let isFirst = true;
  return (chunk, last) => {
    const all = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
    const end = last ? all.length : endOfWholeCharacters(all);
    carried = Buffer.from(all.subarray(end));
    let text = all.subarray(0, end);
    if (isFirst && text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) text = text.subarray(3);
    if (text.length > 0) isFirst = false;
    if (!isUtf8(text)) throw notUtf8(file, text, currentLine());
    return text;
  };
}

/** Where the last character that is complete ends; an invalid byte counts as one. */
function endOfWholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
    if (length > 0) return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Names the line and the byte of the first character that is not UTF-8. */
function notUtf8(file: string, text: Buffer, firstLine: number): InputError {
  const decoded = text.toString('utf8');
  const before = decoded.slice(0, decoded.indexOf('\ufffd')); // what stands for an invalid byte
  const line = firstLine + before.split(/\r\n|\n|\r/).length - 1;
  const byte = text[Buffer.byteLength(before)]!.toString(16).toUpperCase();
  return new InputError(
    `${file}:${line}`,
    `the text is not UTF-8 (byte ${byte}): save the file as UTF-8, or convert it (iconv -f WINDOWS-1252 -t UTF-8)`,
  );
}

function readingError(file: string, line: number, cause: unknown): unknown {
  const code = errorCode(cause);
  if (typeof code !== 'string') return cause;
  if (code === 'Z_BUF_ERROR') return new InputError(file, `gzip is cut short after line ${line - 1}`, { cause });
  if (code.startsWith('Z_')) return new InputError(file, `gzip is damaged after line ${line - 1}`, { cause });
  return new InputError(file, readFailure(cause, file), { cause });
}
