/** Many lines as a stream of few pieces. */
import { Readable } from 'node:stream';

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
  }
  if (piece !== '') yield piece;
}
