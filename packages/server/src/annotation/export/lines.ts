/** Many lines as a stream of few pieces. */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

/** Characters of a piece. */
const PIECE = 1 << 16;

/** @param lines without their ends */
export function lineStream(lines: Iterable<string> | AsyncIterable<string>): Readable {
  return Readable.from(piecesOf(lines), { objectMode: false });
}

async function* piecesOf(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
    // To a quick reader all would else be written before any other request is looked at
    await setImmediate();
  }
  if (piece !== '') yield piece;
}
