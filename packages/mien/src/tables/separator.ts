/** What stands between the fields of a table: told from its first line. */

export const SEPARATORS = ['\t', ';', ',', '|'] as const;
export type Separator = (typeof SEPARATORS)[number];

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
/** A first line longer than this is that of a file of another kind. */
const MAX_HEADER_BYTES = 1 << 20;

export interface FoundSeparator {
  readonly separator: Separator;
  /** Where the table begins: after blank lines, and after Excel's line `sep=;`. */
  readonly start: number;
  /** Lines before it. */
  readonly lines: number;
}

/**
 * The separator that occurs most often outside quotes in the first line that is not blank; a comma where there is none.
 * @param isLast no more bytes will come   @param candidates those that it may be
 * @returns undefined when the line is not complete yet
 */
export function findSeparator(
  bytes: Uint8Array,
  isLast: boolean,
  candidates: readonly Separator[] = SEPARATORS,
): FoundSeparator | undefined {
  let start = 0;
  for (let lines = 0; ; lines++) {
    const end = lineEnd(bytes, start);
    if (end >= bytes.length - 1 && !isLast && bytes.length < MAX_HEADER_BYTES) return undefined;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString('utf8');
    const next = bytes[end] === CARRIAGE_RETURN && bytes[end + 1] === LINE_FEED ? end + 2 : end + 1;
    const stated = /^"?sep=([\t;,|])"?$/i.exec(text.trim())?.[1] as Separator | undefined;
    if (stated !== undefined && end < bytes.length) return { separator: stated, start: next, lines: lines + 1 };
    if (text.trim() !== '' || end >= bytes.length) return { separator: mostFrequent(text, candidates), start, lines };
    start = next;
  }
}

/** Where the line that begins at `start` ends; a line end within quotes does not count. */
function lineEnd(bytes: Uint8Array, start: number): number {
  let isQuoted = false;
  let at = start;
  for (; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (bytes[at] === LINE_FEED || bytes[at] === CARRIAGE_RETURN)) break;
  }
  return at;
}

function mostFrequent(line: string, candidates: readonly Separator[]): Separator {
  const unquoted = line.replace(/"[^"]*"/g, '');
  const counts = candidates.map((separator) => unquoted.split(separator).length - 1);
  const most = Math.max(...counts);
  return most === 0 ? ',' : candidates[counts.indexOf(most)]!;
}
