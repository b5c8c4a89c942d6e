/** Text files that verbs write, in folders that are made where missing. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from 'mien';
import { writeFailure } from 'mien/image/node';

const LINES_AT_A_TIME = 4096;

/**
 * Writes lines as they come, so that millions of them need little memory.
 * @throws {InputError} naming the path
 */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(Readable.from(chunks(lines)), createWriteStream(path));
  } catch (cause) {
    throw new InputError(path, writeFailure(cause), { cause });
  }
}

function* chunks(lines: Iterable<string>): Generator<string> {
  let pending: string[] = [];
  for (const line of lines) {
    pending.push(line);
    if (pending.length < LINES_AT_A_TIME) continue;
    yield `${pending.join('\n')}\n`;
    pending = [];
  }
  if (pending.length > 0) yield `${pending.join('\n')}\n`;
}
